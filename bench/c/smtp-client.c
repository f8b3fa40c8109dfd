/*
 * The limit: the SMTP exchange that a probe makes, and nothing else. One thread, epoll.
 *
 *   smtp-client --port 2525 --source 10 --sources 8 --targets 8 --probes 40000 --in-flight 64
 *   smtp-client ... --probes 8000 --rate 1000     starts a probe each millisecond instead
 *   smtp-client ... --banner-only                 closes first: leaves TIME_WAIT on the source
 *   smtp-client ... --local-port 32768            from this port, the next one, and so on
 *
 * It leaves from 127.0.0.10 onward, connects to 127.0.0.1 onward and prints one JSON object.
 */
#include "measure.h"

#define MAX_FD 20000

enum step { CONNECTING, BANNER, EHLO, QUIT };

struct connection {
  enum step step;
  int64_t started_ns;
  int length;
  char reply[1024];
};

static struct connection connections[MAX_FD];
static struct samples durations_ms;
static long started, finished, errors;
static int in_flight, epoll, port, local_port, source, sources, targets, banner_only;

static int flag(int count, char **values, const char *name) {
  for (int i = 1; i < count; i++)
    if (!strcmp(values[i], name)) return 1;
  return 0;
}

static void finish(int fd, int good) {
  double elapsed_ms = (now_ns() - connections[fd].started_ns) / 1e6;
  close(fd);
  in_flight--;
  finished++;
  if (good) add_sample(&durations_ms, elapsed_ms);
  else errors++;
}

/* IP_BIND_ADDRESS_NO_PORT leaves the port to connect, which knows the destination. */
static int bound_socket(int host, int from_port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  struct sockaddr_in source = loopback(host, from_port);
  if (fd < 0) fail("socket");
  if (fd >= MAX_FD) {
    fputs("too many descriptors\n", stderr);
    exit(1);
  }
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&source, sizeof source)) fail("bind");
  return fd;
}

static void start(void) {
  long number = started++;
  int fd = bound_socket(source + number % sources, local_port ? local_port + number : 0);
  struct sockaddr_in target = loopback(1 + number / sources % targets, port);
  connections[fd].step = CONNECTING;
  connections[fd].length = 0;
  connections[fd].started_ns = now_ns();
  in_flight++;
  if (connect(fd, (struct sockaddr *)&target, sizeof target) && errno != EINPROGRESS) {
    finish(fd, 0);
    return;
  }
  watch(epoll, EPOLL_CTL_ADD, fd, EPOLLOUT);
}

static void connected(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error) {
    finish(fd, 0);
    return;
  }
  connections[fd].step = BANNER;
  watch(epoll, EPOLL_CTL_MOD, fd, EPOLLIN);
}

/* The code of a reply that is complete, else 0. */
static int reply_code(const char *text) {
  const char *line = text, *end;
  while ((end = strchr(line, '\n')) != NULL) {
    if (end - line > 3 && line[3] == ' ') return atoi(line);
    line = end + 1;
  }
  return 0;
}

static void ask(int fd, enum step step, const char *command) {
  connections[fd].step = step;
  connections[fd].length = 0;
  if (send(fd, command, strlen(command), MSG_NOSIGNAL) < 0) finish(fd, 0);
}

static void receive(int fd) {
  struct connection *connection = &connections[fd];
  ssize_t received = recv(fd, connection->reply + connection->length,
                          sizeof connection->reply - 1 - connection->length, 0);
  if (received < 0 && errno == EAGAIN) return;
  if (received <= 0) {
    finish(fd, 0);
    return;
  }
  connection->length += received;
  connection->reply[connection->length] = 0;
  int code = reply_code(connection->reply);
  if (code == 0) return;
  if (connection->step == BANNER && code == 220 && banner_only) finish(fd, 1);
  else if (connection->step == BANNER && code == 220) ask(fd, EHLO, "EHLO probe.example\r\n");
  else if (connection->step == EHLO && code == 250) ask(fd, QUIT, "QUIT\r\n");
  else finish(fd, connection->step == QUIT && code == 221);
}

int main(int count, char **values) {
  static struct epoll_event events[EVENTS];
  long probes = atol(argument(count, values, "--probes", "40000"));
  long rate = atol(argument(count, values, "--rate", "0"));
  int most = atoi(argument(count, values, "--in-flight", rate ? "4096" : "64"));
  port = atoi(argument(count, values, "--port", "2525"));
  local_port = atoi(argument(count, values, "--local-port", "0"));
  source = atoi(argument(count, values, "--source", "10"));
  sources = atoi(argument(count, values, "--sources", "8"));
  targets = atoi(argument(count, values, "--targets", "8"));
  banner_only = flag(count, values, "--banner-only");
  signal(SIGPIPE, SIG_IGN);
  epoll = epoll_create1(0);
  int64_t begun_ns = now_ns();
  while (finished < probes) {
    int64_t wait_ns = PATIENCE_NS;
    while (started < probes && in_flight < most) {
      int64_t due_ns = rate ? begun_ns + started * NANOSECONDS / rate : 0, time_ns = now_ns();
      if (due_ns > time_ns) {
        wait_ns = due_ns - time_ns;
        break;
      }
      start();
    }
    int ready = wait_events(epoll, events, wait_ns);
    if (ready == 0 && wait_ns == PATIENCE_NS) {
      fputs("no answer\n", stderr);
      return 1;
    }
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (connections[fd].step == CONNECTING) connected(fd);
      else receive(fd);
    }
  }
  double seconds = (now_ns() - begun_ns) / 1e9;
  printf("{\"probes\":%ld,\"errors\":%ld,\"seconds\":%.3f,\"cpuSeconds\":%.6f,\"p50Ms\":%.3f,"
         "\"p99Ms\":%.3f}\n",
         finished, errors, seconds, cpu_seconds(), quantile(&durations_ms, 0.5),
         quantile(&durations_ms, 0.99));
  return 0;
}

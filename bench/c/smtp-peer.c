/*
 * An SMTP server that answers as fast as it can, on 127.0.0.1 to 127.0.0.N.
 *
 *   smtp-peer --port 2525 --addresses 8 [--hold-us 20000]
 *
 * With --hold-us every connection waits exactly that long for its banner: what a probe measures
 * above it is the probe's own error. It prints "ready" when it listens and stops at SIGTERM.
 */
#include "measure.h"

#define MAX_FD 20000
#define MAX_HELD (1 << 16)

static const char BANNER[] = "220 peer.example ESMTP\r\n";
static const char EXTENSIONS[] =
    "250-peer.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-ENHANCEDSTATUSCODES\r\n"
    "250 8BITMIME\r\n";
static const char GOODBYE[] = "221 2.0.0 bye\r\n";
static const char UNKNOWN[] = "500 5.5.2 unknown\r\n";

struct connection {
  uint32_t generation; /* tells a connection from the one that had its descriptor before */
  int length;
  char line[512];
};

struct held {
  int fd;
  uint32_t generation;
  int64_t due_ns;
};

static struct connection connections[MAX_FD];
static char listening[MAX_FD];
static struct held queue[MAX_HELD]; /* a ring: all are held equally long, so it is in order */
static uint32_t queue_head, queue_tail;
static int64_t hold_ns;
static int epoll;
static volatile sig_atomic_t stopping;

static void stop(int signal) {
  (void)signal;
  stopping = 1;
}

static void say(int fd, const char *text, size_t length) {
  if (send(fd, text, length, MSG_NOSIGNAL) < 0 && errno != EPIPE && errno != ECONNRESET)
    perror("send");
}

static void hang_up(int fd) {
  connections[fd].generation++;
  close(fd);
}

static void listen_on(int host, int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  struct sockaddr_in address = loopback(host, port);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 4096)) fail("listen");
  listening[fd] = 1;
  watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN);
}

static void hold(int fd) {
  uint32_t next = queue_tail++ % MAX_HELD;
  queue[next] = (struct held){fd, connections[fd].generation, now_ns() + hold_ns};
}

static void release_due(void) {
  while (queue_head != queue_tail) {
    struct held *first = &queue[queue_head % MAX_HELD];
    if (first->due_ns > now_ns()) return;
    queue_head++;
    if (connections[first->fd].generation == first->generation)
      say(first->fd, BANNER, sizeof BANNER - 1);
  }
}

static int64_t until_next_due(void) {
  if (queue_head == queue_tail) return -1;
  int64_t wait = queue[queue_head % MAX_HELD].due_ns - now_ns();
  return wait < 0 ? 0 : wait;
}

static void accept_all(int listener) {
  for (int i = 0; i < 64; i++) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK), on = 1;
    if (fd < 0) return;
    if (fd >= MAX_FD) {
      close(fd);
      return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections[fd].generation++;
    connections[fd].length = 0;
    watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLRDHUP);
    if (hold_ns) hold(fd);
    else say(fd, BANNER, sizeof BANNER - 1);
  }
}

/* Returns whether the connection goes on. */
static int answer(int fd, const char *command) {
  if (!strncasecmp(command, "EHLO", 4)) {
    say(fd, EXTENSIONS, sizeof EXTENSIONS - 1);
  } else if (!strncasecmp(command, "QUIT", 4)) {
    say(fd, GOODBYE, sizeof GOODBYE - 1);
    return 0;
  } else {
    say(fd, UNKNOWN, sizeof UNKNOWN - 1);
  }
  return 1;
}

static void serve(int fd) {
  struct connection *connection = &connections[fd];
  char *end, *line = connection->line;
  ssize_t received =
      recv(fd, line + connection->length, sizeof connection->line - 1 - connection->length, 0);
  if (received < 0 && errno == EAGAIN) return;
  if (received <= 0) {
    hang_up(fd);
    return;
  }
  connection->length += received;
  while ((end = memchr(line, '\n', connection->length)) != NULL) {
    if (!answer(fd, line)) {
      hang_up(fd);
      return;
    }
    int used = end + 1 - line;
    memmove(line, end + 1, connection->length - used);
    connection->length -= used;
  }
}

int main(int count, char **values) {
  static struct epoll_event events[EVENTS];
  int port = atoi(argument(count, values, "--port", "2525"));
  int addresses = atoi(argument(count, values, "--addresses", "8"));
  hold_ns = atoll(argument(count, values, "--hold-us", "0")) * 1000;
  signal(SIGTERM, stop);
  signal(SIGPIPE, SIG_IGN);
  epoll = epoll_create1(0);
  for (int host = 1; host <= addresses; host++) listen_on(host, port);
  puts("ready");
  fflush(stdout);
  while (!stopping) {
    int ready = wait_events(epoll, events, until_next_due());
    release_due();
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (listening[fd]) accept_all(fd);
      else serve(fd);
    }
  }
  return 0;
}

/*
 * Asks blackbox_exporter for probes over keep-alive HTTP connections, so that what asks costs it
 * as little as can be.
 *
 *   blackbox-load --exporter-port 9115 --port 2525 --source 10 --sources 8 --targets 8
 *                 --probes 6000 --in-flight 64 [--rate 1000]
 *
 * Module smtp_N has to leave from 127.0.0.N. Prints one JSON object; the durations are what the
 * exporter itself measured (probe_duration_seconds).
 */
#include "measure.h"
#include <fcntl.h>

#define MAX_IN_FLIGHT 2048

struct connection {
  int fd, length;
  char answer[16384];
};

static struct connection connections[MAX_IN_FLIGHT];
static int idle[MAX_IN_FLIGHT], idle_count;
static struct samples durations_ms;
static long started, finished, errors;
static int epoll, port, source, sources, targets;

static void open_connection(int number, int exporter_port) {
  struct sockaddr_in exporter = loopback(1, exporter_port);
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  if (connect(fd, (struct sockaddr *)&exporter, sizeof exporter)) fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  connections[number].fd = fd;
  idle[idle_count++] = number;
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = number};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)) fail("epoll_ctl");
}

static void start(void) {
  char request[256];
  long number = started++;
  struct connection *connection = &connections[idle[--idle_count]];
  int length = snprintf(request, sizeof request,
                        "GET /probe?module=smtp_%ld&target=127.0.0.%ld:%d HTTP/1.1\r\n"
                        "Host: exporter\r\n\r\n",
                        source + number % sources, 1 + number / sources % targets, port);
  connection->length = 0;
  if (send(connection->fd, request, length, MSG_NOSIGNAL) < 0) fail("send");
}

static int complete(const struct connection *connection) {
  const char *body = strstr(connection->answer, "\r\n\r\n");
  if (body == NULL) return 0;
  const char *length = strcasestr(connection->answer, "content-length:");
  if (length != NULL && length < body) {
    long head = body + 4 - connection->answer;
    return connection->length >= head + atol(length + strlen("content-length:"));
  }
  return connection->length > 5 &&
         !memcmp(connection->answer + connection->length - 5, "0\r\n\r\n", 5);
}

static void record(const char *answer) {
  static const char SUCCESS[] = "\nprobe_success 1", DURATION[] = "\nprobe_duration_seconds ";
  const char *duration = strstr(answer, DURATION);
  finished++;
  if (strstr(answer, SUCCESS) == NULL || duration == NULL) errors++;
  else add_sample(&durations_ms, atof(duration + sizeof DURATION - 1) * 1000);
}

static void receive(int number) {
  struct connection *connection = &connections[number];
  ssize_t received = recv(connection->fd, connection->answer + connection->length,
                          sizeof connection->answer - 1 - connection->length, 0);
  if (received < 0 && errno == EAGAIN) return;
  if (received <= 0) fail("the exporter closed");
  connection->length += received;
  connection->answer[connection->length] = 0;
  if (!complete(connection)) return;
  record(connection->answer);
  idle[idle_count++] = number;
}

int main(int count, char **values) {
  static struct epoll_event events[EVENTS];
  long probes = atol(argument(count, values, "--probes", "6000"));
  long rate = atol(argument(count, values, "--rate", "0"));
  int most = atoi(argument(count, values, "--in-flight", rate ? "1000" : "64"));
  int exporter_port = atoi(argument(count, values, "--exporter-port", "9115"));
  port = atoi(argument(count, values, "--port", "2525"));
  source = atoi(argument(count, values, "--source", "10"));
  sources = atoi(argument(count, values, "--sources", "8"));
  targets = atoi(argument(count, values, "--targets", "8"));
  if (most > MAX_IN_FLIGHT) most = MAX_IN_FLIGHT;
  epoll = epoll_create1(0);
  for (int number = 0; number < most; number++) open_connection(number, exporter_port);
  int64_t begun_ns = now_ns();
  while (finished < probes) {
    int64_t wait_ns = PATIENCE_NS;
    while (started < probes && idle_count > 0) {
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
    for (int i = 0; i < ready; i++) receive(events[i].data.u32);
  }
  printf("{\"probes\":%ld,\"errors\":%ld,\"seconds\":%.3f,\"p50Ms\":%.3f,\"p99Ms\":%.3f}\n",
         finished, errors, (now_ns() - begun_ns) / 1e9, quantile(&durations_ms, 0.5),
         quantile(&durations_ms, 0.99));
  return 0;
}

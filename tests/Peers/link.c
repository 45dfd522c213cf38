/*
 * The cable between two network namespaces, as bad as one likes: link NAMESPACE NAMESPACE SEED. Each has a TUN device link0, and what
 * one sends the other gets. A line of the standard input, "LOSS DELAY JITTER", says from then on how many in a hundred packets are
 * lost (100 is a cut) and after how many milliseconds the others arrive; jitter reorders them. It works where the kernel has no netem.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { PACKETS = 4096, PACKET_BYTES = 65536 };

/* In the order in which they are due. */
static struct packet { double due; int to; ssize_t length; char *bytes; } queue[PACKETS];
static int queued;
static long passed[2], lost[2];

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int open_end(const char *name)
{
    struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
    char path[256];
    int space, file;
    snprintf(path, sizeof(path), "/run/netns/%s", name);
    strcpy(request.ifr_name, "link0");
    space = open(path, O_RDONLY | O_CLOEXEC);
    if (space < 0 || setns(space, CLONE_NEWNET) < 0 || (file = open("/dev/net/tun", O_RDWR | O_NONBLOCK)) < 0
        || ioctl(file, TUNSETIFF, &request) < 0) {
        perror(name);
        exit(1);
    }
    close(space);
    return file;
}

static void put(int to, const char *bytes, ssize_t length, double due)
{
    int place = queued;
    if (queued == PACKETS) {
        lost[1 - to]++;
        return;
    }
    while (place > 0 && queue[place - 1].due > due) {
        queue[place] = queue[place - 1];
        place--;
    }
    queue[place] = (struct packet){ due, to, length, memcpy(malloc((size_t)length), bytes, (size_t)length) };
    queued++;
}

int main(int argc, char **argv)
{
    static char bytes[PACKET_BYTES];
    double loss = 0, delay = 0, jitter = 0;
    struct pollfd files[3] = { { .fd = 0, .events = POLLIN }, { .events = POLLIN }, { .events = POLLIN } };
    if (argc < 4)
        return 2;
    files[1].fd = open_end(argv[1]);
    files[2].fd = open_end(argv[2]);
    srand((unsigned)atoi(argv[3]));
    printf("listening\n");
    fflush(stdout);
    for (;;) {
        poll(files, 3, queued == 0 ? -1 : queue[0].due <= now() ? 0 : 1);
        if (files[0].revents) {
            ssize_t length = read(0, bytes, sizeof(bytes) - 1);
            if (length <= 0)
                break;
            bytes[length] = 0;
            sscanf(bytes, "%lf %lf %lf", &loss, &delay, &jitter);
            printf("set\n");
            fflush(stdout);
        }
        for (int end = 0; end < 2; end++) {
            ssize_t length;
            for (int i = 0; i < 64 && (length = read(files[end + 1].fd, bytes, sizeof(bytes))) > 0; i++) {
                if (bytes[0] >> 4 != 4 || bytes[9] == 1)
                    continue; /* No IPv6, and as at many a firewall no ICMP: what is counted is what somebody sent. */
                if ((rand() % 10000) / 100.0 < loss)
                    lost[end]++;
                else
                    put(1 - end, bytes, length, now() + delay + jitter * (rand() % 1000) / 1000.0);
            }
        }
        int due = 0;
        for (double time = now(); due < queued && queue[due].due <= time; due++) {
            if (write(files[queue[due].to + 1].fd, queue[due].bytes, (size_t)queue[due].length) == queue[due].length)
                passed[1 - queue[due].to]++;
            free(queue[due].bytes);
        }
        queued -= due;
        memmove(queue, queue + due, (size_t)queued * sizeof(queue[0]));
    }
    printf("forth %ld lost %ld back %ld lost %ld\n", passed[0], lost[0], passed[1], lost[1]);
    return 0;
}

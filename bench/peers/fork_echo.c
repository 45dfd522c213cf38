/* An echo server that forks a child a connection, to measure against: fork_echo
   Prints its port; each child sends back as bytes arrive, until EOF. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what) { perror(what); exit(1); }

static void serve(int fd)
{
    static char buffer[65536];
    for (ssize_t count; (count = recv(fd, buffer, sizeof buffer, 0)) > 0;)
        for (ssize_t sent = 0, more; sent < count; sent += more)
            if ((more = send(fd, buffer + sent, count - sent, MSG_NOSIGNAL)) <= 0) return;
}

int main(void)
{
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one); /* inherited by what is accepted */
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 512)) die("listen");
    socklen_t length = sizeof address;
    getsockname(listener, (struct sockaddr *)&address, &length);
    signal(SIGCHLD, SIG_IGN); /* no zombies */
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    for (;;) {
        int fd = accept(listener, 0, 0);
        if (fd < 0) continue;
        pid_t child = fork();
        if (child == 0) {
            close(listener);
            serve(fd);
            _exit(0);
        }
        if (child < 0) perror("fork");
        close(fd);
    }
}

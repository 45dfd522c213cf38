/*
 * The program that the recipes check: a service that adds numbers, over a segment that others may look at.
 *
 *   service KEY
 *
 * Who wants a sum writes left and right, sets state to REQUESTED, and reads sum when state is READY again.
 * SIGTERM and SIGINT end it, and it removes its segment.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <time.h>

enum { VERSION = 1 };
enum { STARTING, READY, REQUESTED };

struct service {
    uint32_t version;
    int32_t state;
    int32_t left, right;
    int64_t sum;
    char build[16];
};

static volatile sig_atomic_t ended;

static void end(int signal)
{
    (void)signal;
    ended = 1;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: service KEY\n", stderr);
        return 2;
    }

    struct sigaction action = { .sa_handler = end };
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);

    int id = shmget((key_t)strtoll(argv[1], NULL, 0), sizeof(struct service), IPC_CREAT | IPC_EXCL | 0640);
    struct service *shared = id == -1 ? (void *)-1 : shmat(id, NULL, 0);
    if (shared == (void *)-1) {
        perror("service");
        return 1;
    }

    shared->version = VERSION;
    strcpy(shared->build, "1.4.2");
    __atomic_store_n(&shared->state, READY, __ATOMIC_RELEASE);

    while (!ended) {
        if (__atomic_load_n(&shared->state, __ATOMIC_ACQUIRE) == REQUESTED) {
            shared->sum = (int64_t)shared->left + shared->right;
            __atomic_store_n(&shared->state, READY, __ATOMIC_RELEASE);
        }
        nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
    }

    shmctl(id, IPC_RMID, NULL);
    return 0;
}

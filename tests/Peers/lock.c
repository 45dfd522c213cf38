/*
 * The lock of shared memory as a C program takes it: a System V semaphore of the same key, by semop with SEM_UNDO.
 *
 *   lock make KEY          semget(IPC_CREAT|IPC_EXCL, 0666), semctl(SETVAL, 1)
 *   lock hold KEY          take it, print "locked", wait for a line, give it back
 *   lock count KEY N       N times: take it, add one to the 64-bit number at the start of the segment, give it back
 *   lock remove KEY        semctl(IPC_RMID)
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

#ifndef __APPLE__
union semun {
    int val;
};
#endif

static void fail(const char *call)
{
    perror(call);
    exit(1);
}

static void change(int id, short by)
{
    struct sembuf operation = { 0, by, SEM_UNDO };
    if (semop(id, &operation, 1) == -1) {
        fail("semop");
    }
}

static int find(key_t key)
{
    int id = semget(key, 1, 0);
    if (id == -1) {
        fail("semget");
    }
    return id;
}

static void count(key_t key, long times)
{
    int id = find(key);
    volatile int64_t *number = shmat(shmget(key, sizeof *number, 0), NULL, 0);
    if (number == (void *)-1) {
        fail("shmat");
    }
    for (long i = 0; i < times; i++) {
        change(id, -1);
        *number = *number + 1;
        change(id, 1);
    }
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";
    key_t key = argc > 2 ? (key_t)strtoll(argv[2], NULL, 0) : 0;
    if (strcmp(command, "make") == 0 && argc == 3) {
        int id = semget(key, 1, IPC_CREAT | IPC_EXCL | 0666);
        union semun free_value = { 1 };
        if (id == -1 || semctl(id, 0, SETVAL, free_value) == -1) {
            fail("semget");
        }
    } else if (strcmp(command, "hold") == 0 && argc == 3) {
        int id = find(key);
        change(id, -1);
        puts("locked");
        fflush(stdout);
        getchar();
        change(id, 1);
    } else if (strcmp(command, "count") == 0 && argc == 4) {
        count(key, strtol(argv[3], NULL, 0));
    } else if (strcmp(command, "remove") == 0 && argc == 3) {
        if (semctl(find(key), 0, IPC_RMID) == -1) {
            fail("semctl");
        }
    } else {
        fprintf(stderr, "lock: bad arguments\n");
        return 2;
    }
    return 0;
}

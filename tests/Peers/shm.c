/*
 * Shared memory as a C program uses it: System V by key, POSIX by name.
 *
 *   shm sysv-write KEY SIZE TEXT     shmget(IPC_CREAT|0666), strcpy
 *   shm sysv-read KEY SIZE           shmget(IPC_CREAT|0666), print the text
 *   shm sysv-hold KEY SIZE           attach, print "attached", wait for a line, detach
 *   shm posix-write NAME SIZE TEXT   shm_open(O_CREAT, 0666), ftruncate, mmap, strcpy
 *   shm posix-read NAME              shm_open, mmap, print the text
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail(const char *call)
{
    perror(call);
    exit(1);
}

static char *attach(const char *key, const char *size)
{
    int id = shmget((key_t)strtoll(key, NULL, 0), strtoull(size, NULL, 0), IPC_CREAT | 0666);
    if (id == -1) {
        fail("shmget");
    }
    char *memory = shmat(id, NULL, 0);
    if (memory == (void *)-1) {
        fail("shmat");
    }
    return memory;
}

static char *map(const char *name, int flags, size_t size)
{
    char path[300];
    snprintf(path, sizeof path, "/%s", name);
    int file = shm_open(path, flags, 0666);
    if (file == -1) {
        fail("shm_open");
    }
    if (size > 0 && ftruncate(file, (off_t)size) == -1) {
        fail("ftruncate");
    }
    struct stat stat;
    fstat(file, &stat);
    char *memory = mmap(NULL, (size_t)stat.st_size, PROT_READ | (flags & O_RDWR ? PROT_WRITE : 0), MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) {
        fail("mmap");
    }
    return memory;
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "sysv-write") == 0 && argc == 5) {
        strcpy(attach(argv[2], argv[3]), argv[4]);
    } else if (strcmp(command, "sysv-read") == 0 && argc == 4) {
        puts(attach(argv[2], argv[3]));
    } else if (strcmp(command, "sysv-hold") == 0 && argc == 4) {
        char *memory = attach(argv[2], argv[3]);
        puts("attached");
        fflush(stdout);
        getchar();
        shmdt(memory);
    } else if (strcmp(command, "posix-write") == 0 && argc == 5) {
        strcpy(map(argv[2], O_CREAT | O_RDWR, strtoull(argv[3], NULL, 0)), argv[4]);
    } else if (strcmp(command, "posix-read") == 0 && argc == 3) {
        puts(map(argv[2], O_RDONLY, 0));
    } else {
        fprintf(stderr, "shm: bad arguments\n");
        return 2;
    }
    return 0;
}

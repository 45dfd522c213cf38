/* Does to one shared memory, as fast as it can, all that another process can do to it: hostile posix NAME SEED CANARY | hostile sysv KEY SEED */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const off_t sizes[] = { 0, 1, 4095, 4096, 4097, 65536, 1 << 20, 1LL << 33 };

static void make(const char *path)
{
    int file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (file >= 0) {
        ftruncate(file, sizes[rand() % 8]);
        close(file);
    }
}

static void harm_object(const char *path, const char *canary)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int file;
    switch (rand() % 80) {
    case 0: unlink(path); symlink(canary, path); usleep(rand() % 50); unlink(path); break;
    case 1: unlink(path); mkfifo(path, 0600); usleep(rand() % 50); unlink(path); break;
    case 2: unlink(path); mkdir(path, 0700); usleep(rand() % 50); rmdir(path); break;
    case 3:
        unlink(path);
        file = socket(AF_UNIX, SOCK_STREAM, 0);
        strcpy(address.sun_path, path);
        bind(file, (struct sockaddr *)&address, sizeof(address));
        usleep(rand() % 50);
        close(file);
        unlink(path);
        break;
    case 4: unlink(path); break;
    case 5: chmod(path, rand() & 0777); break;
    case 6:
        unlink(path);
        make(path);
        break;
    case 7: usleep(1000); break;
    default: make(path);
    }
}

static void harm_segment(key_t key)
{
    static const size_t lengths[] = { 1, 4096, 65536, 1 << 20 };
    struct shmid_ds stat;
    struct sembuf take = { 0, -1, IPC_NOWAIT };
    int id = shmget(key, 0, 0), set;
    switch (rand() % 10) {
    case 0: case 1: shmctl(id, IPC_RMID, NULL); break;
    case 2: if (shmctl(id, IPC_STAT, &stat) == 0) { stat.shm_perm.mode = rand() & 0777; shmctl(id, IPC_SET, &stat); } break;
    case 3: semctl(semget(key, 0, 0), 0, IPC_RMID); break;
    case 4: set = semget(key, 1, IPC_CREAT | IPC_EXCL | 0600); usleep(rand() % 50); semctl(set, 0, IPC_RMID); break;
    case 5: semctl(semget(key, 0, 0), 0, SETVAL, rand() % 3); break;
    case 6: semop(semget(key, 0, 0), &take, 1); break;
    case 7: usleep(1000); break;
    default: shmget(key, lengths[rand() % 4], IPC_CREAT | 0600);
    }
}

int main(int argc, char **argv)
{
    char path[100];
    if (argc < 3)
        return 2;
    srand(argc > 3 ? atoi(argv[3]) : 1);
    snprintf(path, sizeof(path), "/dev/shm/%s", argv[2]);
    printf("listening\n");
    fflush(stdout);
    for (;;) {
        if (strcmp(argv[1], "posix") == 0)
            harm_object(path, argc > 4 ? argv[4] : "/dev/null");
        else
            harm_segment((key_t)strtoul(argv[2], NULL, 0));
        if (rand() % 8 == 0)
            usleep(rand() % 300);
    }
}

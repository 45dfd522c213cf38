/* Copies into and out of a System V segment with memcpy, and says how long it took: memcpy_loop KEY BYTES
   For each line "write BYTES COUNT" or "read BYTES COUNT" prints the seconds of one copy. All memory is touched before the first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <time.h>

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc != 3) { fprintf(stderr, "memcpy_loop KEY BYTES\n"); return 2; }
    size_t size = strtoul(argv[2], 0, 10), bytes;
    int id = shmget(strtoul(argv[1], 0, 0), 0, 0);
    if (id < 0) { perror("shmget"); return 1; }
    char *segment = shmat(id, 0, 0), *own = malloc(size), what[8];
    long count;
    if (segment == (void *)-1 || own == 0) { perror("shmat"); return 1; }
    memset(own, 1, size);
    memcpy(segment, own, size);
    puts("ready");
    fflush(stdout);

    while (scanf("%7s %zu %ld", what, &bytes, &count) == 3) {
        if (bytes > size) { fprintf(stderr, "%zu bytes of %zu\n", bytes, size); return 2; }
        double begin = seconds();
        for (long i = 0; i < count; i++) {
            if (what[0] == 'w') memcpy(segment, own, bytes); else memcpy(own, segment, bytes);
            __asm__ volatile("" ::: "memory"); /* each copy is made */
        }
        printf("%.12f\n", (seconds() - begin) / count);
        fflush(stdout);
    }
    return 0;
}

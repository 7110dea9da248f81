/* Gives every file of the folders named to a fuzz target, without libFuzzer:
 * what the fuzzer once found, and the seeds, stay tests for good. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "fuzz/target.h"

#define FILE_MAX ((size_t)64 * 1024 * 1024) /* [bytes] */
#define PATH_SIZE 4096

/* The whole file in memory of exactly its size, so that ASan sees a read past it. */
static uint8_t *read_file(const char *path, size_t *n_r)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    uint8_t *data = NULL;
    if (f && fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size <= FILE_MAX) {
        *n_r = (size_t)st.st_size;
        data = malloc(*n_r > 0 ? *n_r : 1);
        if (data && fread(data, 1, *n_r, f) != *n_r) {
            free(data);
            data = NULL;
        }
    }
    if (f)
        fclose(f);
    return data;
}

static int replay_file(const char *path)
{
    size_t n = 0;
    uint8_t *data = read_file(path, &n);
    if (!data) {
        fprintf(stderr, "replay: %s: cannot be read\n", path);
        return -1;
    }
    LLVMFuzzerTestOneInput(data, n);
    free(data);
    return 0;
}

/* How many files there were; -1: one could not be read, or there is no folder. */
static int replay_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir) {
        fprintf(stderr, "replay: %s: no such folder\n", folder);
        return -1;
    }
    int count = 0;
    for (struct dirent *e; count >= 0 && (e = readdir(dir)) != NULL;) {
        char path[PATH_SIZE];
        if (e->d_name[0] == '.')
            continue;
        int n = snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        count = n < 0 || (size_t)n >= sizeof path || replay_file(path) != 0 ? -1 : count + 1;
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s FOLDER...\n", argv[0]);
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        int count = replay_folder(argv[i]);
        if (count <= 0) {
            fprintf(stderr, "replay: %s: nothing replayed\n", argv[i]);
            return 1;
        }
        printf("replay: %s: %d inputs\n", argv[i], count);
    }
    return 0;
}

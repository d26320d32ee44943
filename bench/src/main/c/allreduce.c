// All-reduce of the suite `ipc` by MPI: as the class AllReduce, driven as its JVM is:
//
//     warm MILLIS   ->  the nanoseconds of an operation, after having done it for that long
//     run COUNT     ->  what the load returned, and the metrics of an operation
//
// usage: allreduce-mpi BYTES RANKS; it starts itself anew by mpirun, as so many. Rank 0 has the input.

#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int rank, ranks, count;
static int64_t *own, *all;

static double nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e9 + now.tv_nsec;
}

static double user_nanos(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec * 1e9 + usage.ru_utime.tv_usec * 1e3;
}

// All ranks; returns the sum of the last elements of all results.
static int64_t reduce(int64_t operations) {
    int64_t sum = 0;
    for (int64_t i = 0; i < operations; i++) {
        for (int n = 0; n < count; n++) own[n] = i % 100 + rank;
        MPI_Allreduce(own, all, count, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
        sum += all[count - 1];
    }
    return sum;
}

// Rank 0.
static int64_t run(int64_t operations) {
    for (int other = 1; other < ranks; other++) MPI_Send(&operations, 1, MPI_INT64_T, other, 0, MPI_COMM_WORLD);
    return reduce(operations);
}

static double warm_up(double time) {
    double start = nanos();
    for (int64_t operations = 1;;) {
        double before = nanos();
        run(operations);
        double after = nanos();
        if (after - start >= time) return (after - before) / operations;
        if (after - before < time / 8) operations *= 2;
    }
}

static void lead(void) {
    char order[16];
    long number;
    while (scanf("%15s %ld", order, &number) == 2) {
        if (strcmp(order, "warm") == 0) {
            printf("%f\n", warm_up(number * 1e6));
        } else {
            double user = user_nanos(), start = nanos();
            int64_t check = run(number);
            double wall = nanos() - start;
            printf("%ld WALL=%f USER_CPU=%f\n", (long)check, wall / number, (user_nanos() - user) / number);
        }
        fflush(stdout);
    }
    run(0);
}

// Looks for work now and then while it is the turn of others: to wait inside of MPI would take a processor from them.
static void follow(void) {
    int64_t operations = 1;
    while (operations > 0) {
        for (int there = 0; !there;) {
            MPI_Iprobe(0, 0, MPI_COMM_WORLD, &there, MPI_STATUS_IGNORE);
            if (!there) usleep(100);
        }
        MPI_Recv(&operations, 1, MPI_INT64_T, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        reduce(operations);
    }
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: %s BYTES RANKS\n", argv[0]);
        return 2;
    }
    if (getenv("OMPI_COMM_WORLD_RANK") == NULL) {
        setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
        setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
        execlp("mpirun", "mpirun", "-n", argv[2], "--oversubscribe", argv[0], argv[1], argv[2], (char *)NULL);
        perror("mpirun");
        return 1;
    }
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    count = atoi(argv[1]) / (int)sizeof(int64_t);
    own = calloc(count, sizeof *own);
    all = calloc(count, sizeof *all);
    if (rank == 0) lead();
    else follow();
    MPI_Finalize();
    return 0;
}

#pragma once

#include <stddef.h>
#include <stdint.h>

// The few calls of MPI that a training needs, in a library that is looked for when the program runs: a
// program that was built without MPI uses the cluster's own, and one that never trains on several
// machines loads none.
//
// Two binary interfaces are known: that of Open MPI 3 to 5, and the common one of MPICH 3.1 and later,
// which Intel MPI, MVAPICH2 and Cray MPICH share. One thread at a time may call.

#ifdef __cplusplus
extern "C" {
#endif

// Loads a library. Returns 1, or 0 with the reason (a text that ends with 0).
int cmpi_open(const char *path, char *reason, size_t size);

// Joins the other processes. Calls may come from any thread, one at a time. Returns 1, or 0 where the
// library does not allow that.
int cmpi_begin(void);
// Leaves them; nothing else may be called after it.
void cmpi_end(void);
// Ends all processes with this exit code.
void cmpi_abort(int code);

int cmpi_rank(void);
int cmpi_size(void);
// The library's name and version.
void cmpi_version(char *text, size_t size);

// Sums in place; returns when the sums are there.
void cmpi_sum_doubles(double *values, int32_t count);

// A sum that is under way; its memory may not be touched until it has ended.
typedef struct {
  uint64_t handle;
} cmpi_request;

// Begins to sum in place.
void cmpi_begin_sum_floats(float *values, int32_t count, cmpi_request *request);
// Lets it go on; returns whether it has ended.
int cmpi_test(cmpi_request *request);
// Waits for its end.
void cmpi_wait(cmpi_request *request);

// `bytes` of each process, one after another in the order of the ranks.
void cmpi_gather(const void *own, void *all, int32_t bytes);
// What the process of rank 0 has, to all.
void cmpi_broadcast(void *memory, int32_t bytes);

#ifdef __cplusplus
}
#endif

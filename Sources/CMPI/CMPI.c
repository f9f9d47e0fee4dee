#define _GNU_SOURCE
#include "CMPI.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

// Open MPI's handles are pointers, MPICH's are numbers of 32 bits. Both are passed as 64 bits here: an
// argument has a register or a slot of 8 bytes of its own on every system that is supported, and who expects
// 32 bits reads the lower half.
typedef uint64_t handle;

// Integers and pointers of the interface, by what the standard calls them.
static struct {
  int (*init_thread)(int *, char ***, int, int *);
  int (*finalize)(void);
  int (*abort)(handle, int);
  int (*comm_rank)(handle, int *);
  int (*comm_size)(handle, int *);
  int (*get_library_version)(char *, int *);
  int (*allreduce)(const void *, void *, int, handle, handle, handle);
  int (*iallreduce)(const void *, void *, int, handle, handle, handle, uint64_t *);
  int (*test)(uint64_t *, int *, void *);
  int (*wait)(uint64_t *, void *);
  int (*allgather)(const void *, int, handle, void *, int, handle, handle);
  int (*bcast)(void *, int, handle, int, handle);
  handle world, byte, single, twofold, sum;
  void *in_place, *no_status;
} mpi;

static const struct {
  const char *name;
  void **place;
} functions[] = {
    {"MPI_Init_thread", (void **)&mpi.init_thread},
    {"MPI_Finalize", (void **)&mpi.finalize},
    {"MPI_Abort", (void **)&mpi.abort},
    {"MPI_Comm_rank", (void **)&mpi.comm_rank},
    {"MPI_Comm_size", (void **)&mpi.comm_size},
    {"MPI_Get_library_version", (void **)&mpi.get_library_version},
    {"MPI_Allreduce", (void **)&mpi.allreduce},
    {"MPI_Iallreduce", (void **)&mpi.iallreduce},
    {"MPI_Test", (void **)&mpi.test},
    {"MPI_Wait", (void **)&mpi.wait},
    {"MPI_Allgather", (void **)&mpi.allgather},
    {"MPI_Bcast", (void **)&mpi.bcast},
};

// Open MPI's handles are the addresses of these.
static const struct {
  const char *name;
  handle *place;
} objects[] = {
    {"ompi_mpi_comm_world", &mpi.world}, {"ompi_mpi_byte", &mpi.byte},
    {"ompi_mpi_float", &mpi.single},     {"ompi_mpi_double", &mpi.twofold},
    {"ompi_mpi_op_sum", &mpi.sum},
};

enum { serialized = 2 };

int cmpi_open(const char *path, char *reason, size_t size) {
  // For all: the parts that Open MPI loads itself look for its symbols there.
  void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  if (!library) {
    snprintf(reason, size, "%s", dlerror());
    return 0;
  }
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    *functions[i].place = dlsym(library, functions[i].name);
    if (!*functions[i].place) {
      snprintf(reason, size, "%s: has no %s", path, functions[i].name);
      return 0;
    }
  }
  if (dlsym(library, objects[0].name)) {
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
      *objects[i].place = (handle)(uintptr_t)dlsym(library, objects[i].name);
      if (!*objects[i].place) {
        snprintf(reason, size, "%s: has no %s", path, objects[i].name);
        return 0;
      }
    }
    mpi.in_place = (void *)1;
    mpi.no_status = (void *)0;
    return 1;
  }
  // The common binary interface of MPICH and those after it.
  mpi.world = 0x44000000;
  mpi.byte = 0x4c00010d;
  mpi.single = 0x4c00040a;
  mpi.twofold = 0x4c00080b;
  mpi.sum = 0x58000003;
  mpi.in_place = (void *)-1;
  mpi.no_status = (void *)1;
  return 1;
}

int cmpi_begin(void) {
  int given = 0;
  return mpi.init_thread(NULL, NULL, serialized, &given) == 0 && given >= serialized;
}

void cmpi_end(void) { mpi.finalize(); }

void cmpi_abort(int code) { mpi.abort(mpi.world, code); }

int cmpi_rank(void) {
  int rank = 0;
  mpi.comm_rank(mpi.world, &rank);
  return rank;
}

int cmpi_size(void) {
  int size = 1;
  mpi.comm_size(mpi.world, &size);
  return size;
}

void cmpi_version(char *text, size_t size) {
  // Longer than MPI_MAX_LIBRARY_VERSION_STRING of both interfaces.
  static char whole[1 << 14];
  int length = 0;
  mpi.get_library_version(whole, &length);
  whole[sizeof whole - 1] = 0;
  snprintf(text, size, "%s", whole);
}

// Errors end the program: that is MPI's own way with its communicator of all processes, and it says why.

void cmpi_sum_doubles(double *values, int32_t count) {
  mpi.allreduce(mpi.in_place, values, count, mpi.twofold, mpi.sum, mpi.world);
}

void cmpi_begin_sum_floats(float *values, int32_t count, cmpi_request *request) {
  request->handle = 0;
  mpi.iallreduce(mpi.in_place, values, count, mpi.single, mpi.sum, mpi.world, &request->handle);
}

int cmpi_test(cmpi_request *request) {
  int done = 0;
  mpi.test(&request->handle, &done, mpi.no_status);
  return done;
}

void cmpi_wait(cmpi_request *request) { mpi.wait(&request->handle, mpi.no_status); }

void cmpi_gather(const void *own, void *all, int32_t bytes) {
  mpi.allgather(own, bytes, mpi.byte, all, bytes, mpi.byte, mpi.world);
}

void cmpi_broadcast(void *memory, int32_t bytes) {
  mpi.bcast(memory, bytes, mpi.byte, 0, mpi.world);
}

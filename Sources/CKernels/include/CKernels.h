#ifndef CONVSCOPE_CKERNELS_H
#define CONVSCOPE_CKERNELS_H

#include "CKInstructionSet.h"
#include "CKArguments.h"
#include "CKPool.h"
#include "CKMemory.h"

/// The kernels of one instruction set: one source, instantiated with other constants.
///
/// A kernel computes one job of the work that its arguments describe; jobs are independent, so that any number of threads
/// gives the same bits. How many jobs there are follows from the arguments (`ck_..._jobs`).
typedef struct {
  CKInstructionSet instructionSet;
  /// Floats in a vector: the channels of a block.
  long width;
  /// Columns by pairs of output blocks in the largest tile of a matrix product.
  long rows;
  /// Columns by one output block in the largest tile.
  long tallRows;
  /// Vectors of the job `multiplyAdd`.
  long chains;
  /// Each takes its arguments' structure: CKConvolution, CKWinograd, ...
  CKJob convolution;
  CKJob winograd;
  CKJob strassen;
  CKJob depthwise;
  CKJob pool;
  CKJob pointwise;
  CKJob softmax;
  CKJob layerNorm;
  CKJob unitNorm;
  CKJob block;
  CKJob unblock;
  CKJob gather;
  CKJob pad;
  CKJob pick;
  CKJob resample;
  CKJob groupNorm;
  CKJob localNorm;
  CKJob responseNorm;
  CKJob packMatrix;
  /// Each takes CKPeak; any number of jobs.
  CKJob multiplyAdd;
  CKJob readMemory;
  CKJob copyMemory;
} CKKernels;

/// The kernels of an instruction set; null where this build does not have them.
const CKKernels *ck_kernels(CKInstructionSet instructionSet);

long ck_convolution_jobs(const CKConvolution *arguments);
long ck_winograd_jobs(const CKWinograd *arguments);
long ck_strassen_jobs(const CKStrassen *arguments);
long ck_depthwise_jobs(const CKDepthwise *arguments);
long ck_pool_jobs(const CKPooling *arguments);
long ck_pointwise_jobs(const CKPointwise *arguments);
long ck_rows_jobs(const CKRows *arguments);
long ck_blocking_jobs(const CKBlocking *arguments, long width);
long ck_gather_jobs(const CKGather *arguments);
long ck_pad_jobs(const CKPadding *arguments);
long ck_pick_jobs(const CKPicking *arguments);
long ck_resample_jobs(const CKResampling *arguments);
long ck_group_norm_jobs(const CKGroupNorm *arguments);
long ck_local_norm_jobs(const CKLocalNorm *arguments);
long ck_matrix_jobs(const CKMatrix *arguments, long width);

/// Floats that one thread needs beside a kernel's arguments.
long ck_winograd_scratch(const CKWinograd *arguments, long width);
long ck_strassen_scratch(const CKStrassen *arguments, long width);
long ck_pool_scratch(const CKPooling *arguments, long width);
long ck_group_norm_scratch(const CKGroupNorm *arguments, long width);
long ck_response_norm_scratch(const CKResponseNorm *arguments, long width);
long ck_local_norm_scratch(const CKLocalNorm *arguments, long width);

/// Transforms the weights of a convolution, `inputs` for each output and times its scale: element (point, input) of output
/// `o` goes to `transformed[(point * inputs + input) * stride + o]`.
void ck_winograd_weights(
    const float *weights, long outputStride, const float *scale, long outputs, long inputs, const CKFiltering *filtering,
    float *transformed, long stride);

/// The weights that CKStrassen takes, of `inputs` for each of `outputs`, which are scaled: weight (input, output) lies at
/// `weights[output * outputStride + input * inputStride]`. They take `ck_strassen_weight_count` floats.
void ck_strassen_weights(
    const float *weights, long outputStride, long inputStride, const float *scale, long outputs, long inputs,
    long pairsPerSlice, long width, float *packed);
long ck_strassen_weight_count(long outputs, long inputs, long width);

#endif

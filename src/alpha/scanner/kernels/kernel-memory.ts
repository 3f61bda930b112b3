import { SCANNER_KERNELS_BASE64 } from './scanner-kernels.generated.ts';

/** A vector or packed matrix of {@link KernelMemory}: where it lies, for kernels, and its values, for JavaScript. */
export interface KernelVector {
  /** Byte offset in the memory, a multiple of 32; never 0. */
  readonly pointer: number;
  readonly values: Float64Array;
}

/** What scanner-kernels.wat exports. Every argument but factors and `bars` is a byte offset or a count. */
export interface ScannerKernels {
  /** Inner product of two vectors. */
  dot(a: number, b: number, stride: number): number;
  /** `y += factor * x` */
  addScaled(y: number, factor: number, x: number, stride: number): void;
  /** `y = factor * x`; y may be x. */
  scale(y: number, factor: number, x: number, stride: number): void;
  /** Makes `work` orthogonal to `count` vectors from `basis` on and to `locked` (0 = none); returns its length then. */
  orthogonalise(work: number, basis: number, count: number, locked: number, stride: number): number;
  /** `packed += a a^T - b b^T` */
  rollOuterProducts(packed: number, a: number, b: number, stride: number): void;
  /** `sums += vector` */
  addVector(sums: number, vector: number, stride: number): void;
  /** Puts `vector - shifts` into a block of `count` vectors and adds it to `sums`. */
  centreIntoBlock(block: number, sums: number, vector: number, shifts: number, count: number, stride: number): void;
  /** `packed += sum of v v^T` over the `count` (1 or more) vectors of a block. */
  addOuterProducts(packed: number, block: number, count: number, stride: number): void;
  /** `y = packed x` */
  multiply(y: number, packed: number, x: number, stride: number): void;
  /** `y = C x` for the correlation matrix C that packed sums, sums and scales imply. */
  multiplyCorrelation(
    y: number,
    packed: number,
    sums: number,
    scales: number,
    bars: number,
    x: number,
    scratch: number,
    stride: number,
  ): void;
  /** Sum of the squared elements of that C. */
  correlationSquares(packed: number, sums: number, scales: number, bars: number, stride: number): number;
}

/** The part of the WebAssembly API in use; the compiler's library for Node has no declaration of it. */
declare const WebAssembly: {
  Memory: new (descriptor: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const PAGE_BYTES = 65_536;
/** 4 GiB, what 32-bit offsets reach. */
const MAX_PAGES = 65_536;
/** Two lanes of two doubles: what one turn of a kernel's loop takes. */
const ALIGNMENT_BYTES = 32;

/**
 * Memory of one scanner and the kernels that work on it; nothing is shared with any other. All vectors are allocated
 * before the first scan and stay for good; the memory never grows, so no view is ever detached.
 *
 * The kernels are compiled at construction, synchronously (2.6 kB). Plain f64x2 SIMD, exact IEEE doubles: the same bits
 * on every machine.
 */
export class KernelMemory {
  readonly kernels: ScannerKernels;
  private readonly buffer: ArrayBuffer;
  // Offset 0 stands for "none".
  private usedBytes = ALIGNMENT_BYTES;

  /**
   * @param doubles - what will be allocated in all; see {@link allocatedDoubles}. Pages cost nothing until they are used.
   * @throws RangeError when that is more than WebAssembly's 4 GiB.
   */
  constructor(doubles: number) {
    const pages = Math.ceil((doubles * 8 + ALIGNMENT_BYTES) / PAGE_BYTES);
    if (pages > MAX_PAGES) {
      throw new RangeError(`scanner memory must be within 4 GiB, was ${Math.ceil(pages / 16)} MiB: fewer assets`);
    }
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const module = new WebAssembly.Module(Uint8Array.from(atob(SCANNER_KERNELS_BASE64), (c) => c.charCodeAt(0)));
    const instance = new WebAssembly.Instance(module, { scanner: { memory } });
    this.kernels = instance.exports as ScannerKernels;
    this.buffer = memory.buffer;
  }

  /** Zeros. @throws RangeError when the memory is used up (a defect of whoever sized it). */
  allocate(length: number): KernelVector {
    const pointer = this.usedBytes;
    const end = pointer + allocatedDoubles(length) * 8;
    if (end > this.buffer.byteLength) {
      throw new RangeError(`scanner memory must hold ${end} bytes, was made for ${this.buffer.byteLength}`);
    }
    this.usedBytes = end;
    return { pointer, values: new Float64Array(this.buffer, pointer, length) };
  }
}

/** Doubles that an allocation of `length` takes: whole 32-byte units. */
export function allocatedDoubles(length: number): number {
  const unit = ALIGNMENT_BYTES / 8;
  return Math.ceil(length / unit) * unit;
}

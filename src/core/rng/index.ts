export { createMersenne, type Mersenne } from './mersenne';
export { createPrng, type Prng } from './prng';
export { createTorchGenerator, type TorchGenerator, torchRandn } from './torch-randn';

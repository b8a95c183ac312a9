export { applyRowMatrix, blend, leak } from './apply';
export { solveSpd } from './cholesky';
export { type Concept, type EditPair, editMatrix, mistNull, mistNullAll, mistTarget } from './edits';
export { type Eigen, principalVectors, symmetricEigen } from './eigen';
export {
  fromRows,
  identity,
  type Matrix,
  matrix,
  multiply,
  type Row,
  timesTransposed,
  transpose,
} from './matrix';
export { inverse, solve } from './solve';

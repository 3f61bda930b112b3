export { type Conditions, firstLine, PROGRAM_ROOT as ROOT, readConditions } from '../../src/main/machine-conditions.ts';

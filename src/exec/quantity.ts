import { multipleOfStep } from './limit-price.ts';
import { floorSteps, nearestSteps } from './step-grid.ts';

/** What is nothing beside a quantity that has no lot. */
const RELATIVE_TOLERANCE = 1e-9;

/** The largest whole number of lots within `qty`, base units; `qty` itself where `lotQty` is 0 (any size). */
export function floorToLot(qty: number, lotQty: number): number {
  return lotQty === 0 ? qty : multipleOfStep(floorSteps(qty, lotQty), lotQty);
}

/** A sum or difference of whole lots, freed of what binary fractions added; itself where `lotQty` is 0. */
export function snapToLot(qty: number, lotQty: number): number {
  return lotQty === 0 ? qty : multipleOfStep(nearestSteps(qty, lotQty), lotQty);
}

/** True when `qty` covers `whole`, but for less than half a lot or, without a lot, a billionth of it. */
export function covers(qty: number, whole: number, lotQty: number): boolean {
  return qty >= whole - (lotQty === 0 ? RELATIVE_TOLERANCE * whole : lotQty / 2);
}

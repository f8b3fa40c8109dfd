import { setFlagsFromString } from "node:v8";

/**
 * Has V8 make every object among the young ones, where those that die cost nothing. Left to itself it
 * sees in a rush that what probes in flight hold lives on, makes all such objects among the old ones
 * from then on, and does not unlearn it. A collection then takes 9 ms instead of 2, by which every
 * probe in flight seems slower than it is.
 */
export function keepObjectsYoung(): void {
  setFlagsFromString("--no-allocation-site-pretenuring");
}

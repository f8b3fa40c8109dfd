/** Lets a bounded number of things happen at once and turns the rest away. */
export class Gate {
  readonly #capacity: number;
  #inside = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Returns the function that leaves again (once; more calls do nothing), or null when full. */
  enter(): (() => void) | null {
    if (this.#inside >= this.#capacity) return null;
    this.#inside += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#inside -= 1;
    };
  }
}

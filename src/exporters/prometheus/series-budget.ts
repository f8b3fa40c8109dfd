/** How many series may be held: what goes beyond is not created, and counted. */
export class SeriesBudget {
  #limit: number;
  #held = 0;
  #dropped = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Series held now. */
  get held(): number {
    return this.#held;
  }

  /** Series that were not created, each counted every time that a result asked for it. */
  get dropped(): number {
    return this.#dropped;
  }

  /** A new limit; series that are already held beyond it stay. */
  limit(series: number): void {
    this.#limit = series;
  }

  /** Whether this many series, all or none, may be created. */
  take(series: number): boolean {
    const granted = this.#held + series <= this.#limit;
    if (granted) this.#held += series;
    else this.#dropped += series;
    return granted;
  }

  give(series: number): void {
    this.#held -= series;
  }
}

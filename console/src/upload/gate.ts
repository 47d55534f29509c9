/** Pause and resume: who wants to send waits here while the gate is shut, and what is being sent then is broken off. */
export class Gate {
  private shut: Promise<void> | undefined;
  private reopen: () => void = () => undefined;
  private breaker = new AbortController();

  get paused(): boolean {
    return this.shut !== undefined;
  }
  /** Aborted by the next pause. */
  get signal(): AbortSignal {
    return this.breaker.signal;
  }

  pause(): void {
    if (this.shut) return;
    this.shut = new Promise((resolve) => {
      this.reopen = resolve;
    });
    this.breaker.abort(new DOMException('Paused', 'AbortError'));
  }

  resume(): void {
    if (!this.shut) return;
    this.shut = undefined;
    this.breaker = new AbortController();
    this.reopen();
  }

  async open(): Promise<void> {
    while (this.shut) await this.shut;
  }
}

/** Where keys are marked; what is marked is looked at. Equal keys collapse. A later look survives a restart. */
export interface Marks {
  mark(key: string): void
  later(key: string, delayMs: number, reason: string): Promise<void>
}

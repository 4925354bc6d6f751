/**
 * One look at a time at something, for all who ask: whoever comes while a look is under way waits for it, since it may
 * have seen too little, and shares the next one with everybody else who waited.
 */
export class SharedLook<K extends object, T> {
  readonly #underWay = new WeakMap<K, Promise<T>>();

  async at(key: K, look: () => Promise<T>): Promise<T> {
    const before = this.#underWay.get(key);
    await before?.catch(() => {});
    const next = this.#underWay.get(key);
    if (next !== undefined && next !== before) return next;
    const mine = look().finally(() => {
      if (this.#underWay.get(key) === mine) this.#underWay.delete(key);
    });
    this.#underWay.set(key, mine);
    return mine;
  }
}

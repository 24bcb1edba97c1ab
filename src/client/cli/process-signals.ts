/** Signals of this process, until disposed of. */
export function onProcessSignals(signals: readonly NodeJS.Signals[], handle: (signal: NodeJS.Signals) => void): Disposable {
  const listeners = signals.map((signal) => [signal, () => { handle(signal); }] as const);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return {
    [Symbol.dispose]: () => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    },
  };
}

import { expect, test } from "vitest";
import { Gate } from "../../src/server/gate.ts";

test("lets its capacity in, and one more for each that leaves", () => {
  const gate = new Gate(2);
  const leave = gate.enter();
  expect(leave).not.toBeNull();
  expect(gate.enter()).not.toBeNull();
  expect(gate.enter()).toBeNull();
  leave?.();
  expect(gate.enter()).not.toBeNull();
  expect(gate.enter()).toBeNull();
});

test("leaving twice makes room once", () => {
  const gate = new Gate(1);
  const leave = gate.enter();
  leave?.();
  gate.enter();
  leave?.();
  expect(gate.enter()).toBeNull();
});

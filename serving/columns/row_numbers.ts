let numbers = new Int32Array(0);

/** 0, 1, 2 and so on, at least so many of them. Not to be changed. */
export function rowNumbers(count: number): Int32Array {
  if (numbers.length < count) {
    numbers = new Int32Array(2 * count);
    for (let i = 0; i < numbers.length; i++) numbers[i] = i;
  }
  return numbers;
}

/** A scan in black and white of "The policy covers damage by water, / and also by fire.", packed as a PDF holds it. */
export const scannedText = {
  width: 608,
  height: 96,
  packed: Buffer.from(
    "eNrt1zFv20YUB/ATXIBLUbbokgKGb/DQNdkSwPAb8zXyERp0cQCD58ADG6DoDd3rL1IUNBTklgL6CiQuCMeS0HIEru/fPFKSZcWWI0dDUugtlE" +
      "XqZ/HpvXdHYBe72MUuvtzorl6yoRsviWbljRsvi0q9+HwsptssfIKFaLrP1aoQCXxiOGVDQeto0JhANXRj6rw04H1Tos4bBI1zyylwRA4a5FpO" +
      "g0LCR2ZmnZkyAT/TYY8NlclFBApdph660O+SM43wlVH0blRQkfDINnvAw7QGQedtsxdUHPHDufWAxmPw07Qp2dDY2QAkF+PcM+Xp2x9TjaY0B/" +
      "rts9/0eBz3bVkBh3IWOp+2FVP4KTucWSEj68HaVYENWUw6sIb1UybtKkmHDwa2ChcabczScQBSP2WDi3OPwCRvzvIVoC9aMDkfM0MaTv6AbVvO" +
      "qJZ/jzoYTHwkiy4gdRHQvo0GF797RCbPx/rK0h2YvFtY76/TbRsz43vLRQPno+ktO5mdNbDfv7cy8jimRU3MLc7MMaGeDlYXTz+0Olg7OwvYR7" +
      "VY9TVLKbDxjo/F8l4s6kKMaq9GAkyiKZI6GhtUB3umDKgNAZg8cVFlVKq7rdBbZ72leqtU7YrVqIyKaxZhyZq6wYon0aBGSZjETDuxXGhhrdR9" +
      "G1vgzZNJFTNy89of8rVstXPrRW+xFsv0lg3dwnoOvDmZ1H2+Vq1F7rvJkHt+3luwcPF0xdIt/wy8O7XuNmuoiWBn1iOmVasJC+twYflrlsVSrQ" +
      "Y71Cofzq06nJp8bqVOLC9WeapdyKi6ZuX/LvVQ1EMP4RAaNcPCh4z639GW0kMsPSS1Ukbtm4wa/EVhYV1Wi94+d1EPvY0EeV7zgfR2tv9UrPEv" +
      "0tuN9LZYDevqtdHh6HjJKkdLM0e+8JkuUyQokpoV9TOnz1f5gEc2KJk5sL3VfG2U1OuVFdOlWSiWzELkaKhGAZmF494KJzILE5mFg0XxyBR4yY" +
      "P14XhmWruc2pXjB4vsNcustS5WjmutuN7SK8chprdYaynWNy7dt1jNWupkZsQ1Wb2yLtdaanZdYz7GGq+9x5cf8+13sYsvZ4/vh9du6INvaGtW" +
      "3KIVeHtWd8d43cRqt5j7+1gNdRXCC6CE5wTngMsDHApF+3S+mXWWyv7+B0BpH0asgDejmfXtsdrMynPZ378CDlLftPGxwesyYoKWafTn4w3zLx" +
      "sPW8ni6T1CJFwG2eW2TMnGdTEN0FYy7bwXAeN4Olhpi3tYemFBQ7Z0Wiw9XVlQ77a6JUs+7TijwfIbWs1oeFZAkfjGDBYR9VapNrOKuaUSH+Q5" +
      "T6yD+1m2nT3DaOd577rlN6x7PbfIeVSze/zDfILVgo3zCINlfr2nVS1bQ02Yv9Fb7X0sK1YuVl+rprindSmWbPcT/08YeggzK6zuSu/q7e866P" +
      "Er8DeJr6qht1ENVjyijazikezvZeY89eXeMHPmFqvNrEZ+R5mFl87HtJ+FiQxVsfBys3u8eQ5tcendplVv0XJbtOz2qJhu0SLsYhf/4/gPoGUB" +
      "Xw==",
    "base64"
  )
}

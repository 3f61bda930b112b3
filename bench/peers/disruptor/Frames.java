/** Contents of the frames, as in bench/topology/frames.ts: whole numbers, so that sums are exact in any order. */
final class Frames {
  static final int TEMPLATES = 16;
  static final int SLOTS = 1024;

  private Frames() {}

  static double[][] templates(int doubles) {
    double[][] templates = new double[TEMPLATES][doubles];
    for (int t = 0; t < TEMPLATES; t++)
      for (int i = 0; i < doubles; i++) templates[t][i] = (t * doubles + i) % 1000;
    return templates;
  }

  /** Four sums, so that the additions do not wait for each other. */
  static double addUp(double[] x, int from) {
    double a = 0, b = 0, c = 0, d = 0;
    int i = from;
    for (; i + 4 <= x.length; i += 4) {
      a += x[i];
      b += x[i + 1];
      c += x[i + 2];
      d += x[i + 3];
    }
    for (; i < x.length; i++) a += x[i];
    return a + b + c + d;
  }
}

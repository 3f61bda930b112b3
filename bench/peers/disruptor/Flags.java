/** Command lines of the Java peers: {@code --name value}. */
final class Flags {
  private final String[] args;

  Flags(String[] args) {
    this.args = args;
  }

  String text(String name, String fallback) {
    for (int i = 0; i + 1 < args.length; i++) if (args[i].equals("--" + name)) return args[i + 1];
    return fallback;
  }

  int whole(String name, int fallback) {
    return Integer.parseInt(text(name, Integer.toString(fallback)));
  }
}

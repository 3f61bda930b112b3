/* Command lines of the C peers: `--name value`, behind the word that says what to do. */
#ifndef DOLPHIN_BENCH_OPTIONS_H
#define DOLPHIN_BENCH_OPTIONS_H
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline const char *option_text(int argc, char **argv, const char *name) {
  for (int i = 1; i + 1 < argc; i++)
    if (strcmp(argv[i], name) == 0) return argv[i + 1];
  return NULL;
}

static inline uint64_t option(int argc, char **argv, const char *name, uint64_t fallback) {
  const char *text = option_text(argc, argv, name);
  return text == NULL ? fallback : strtoull(text, NULL, 10);
}

static inline bool is_option(int argc, char **argv, const char *name, const char *value) {
  const char *text = option_text(argc, argv, name);
  return text != NULL && strcmp(text, value) == 0;
}
#endif

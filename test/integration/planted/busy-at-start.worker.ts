/** A worker that never comes as far as saying that it starts. */
for (;;) Math.random();

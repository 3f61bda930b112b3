/** A worker whose module throws while it loads: it says nothing, its thread only ends. */
throw new Error('module cannot be loaded');

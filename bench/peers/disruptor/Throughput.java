import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import java.util.concurrent.CountDownLatch;

/**
 * Frames per second through one Disruptor of 1024 preallocated events: one producer that copies a frame in, one
 * BatchEventProcessor that reads its ends, both spinning.
 *
 * <pre>Throughput --bytes N --batch N --frames N --warm-up N</pre>
 *
 * The run is made twice in one process; the first is for the compiler. Prints ns from the end of the warm-up, and the sum.
 */
final class Throughput {
  static final class Event {
    final double[] values;

    Event(int doubles) {
      values = new double[doubles];
    }
  }

  static final class Reader implements EventHandler<Event> {
    final int frames;
    final int warmUp;
    final CountDownLatch done = new CountDownLatch(1);
    double sum = 0;
    int seen = 0;
    long fromNs;
    long ns;

    Reader(int frames, int warmUp) {
      this.frames = frames;
      this.warmUp = warmUp;
    }

    @Override
    public void onEvent(Event event, long sequence, boolean endOfBatch) {
      if (seen == warmUp) fromNs = System.nanoTime();
      double[] values = event.values;
      sum += values[0] + values[values.length - 1];
      if (++seen < frames) return;
      ns = System.nanoTime() - fromNs;
      done.countDown();
    }
  }

  public static void main(String[] args) throws Exception {
    Flags flags = new Flags(args);
    int doubles = flags.whole("bytes", 64) / 8;
    int batch = flags.whole("batch", 1);
    int frames = flags.whole("frames", 1_000_000);
    int warmUp = flags.whole("warm-up", 0);
    run(doubles, batch, frames, warmUp);
    Reader reader = run(doubles, batch, frames, warmUp);
    System.out.printf("{\"ns\":%d,\"sum\":%.0f,\"copySum\":0}%n", reader.ns, reader.sum);
  }

  private static Reader run(int doubles, int batch, int frames, int warmUp) throws Exception {
    RingBuffer<Event> ring =
        RingBuffer.createSingleProducer(() -> new Event(doubles), Frames.SLOTS, new BusySpinWaitStrategy());
    Reader reader = new Reader(frames, warmUp);
    BatchEventProcessor<Event> processor =
        new BatchEventProcessorBuilder().build(ring, ring.newBarrier(), reader);
    ring.addGatingSequences(processor.getSequence());
    Thread consumer = new Thread(processor, "consumer");
    consumer.start();
    if (batch == 1) publishEach(ring, Frames.templates(doubles), frames);
    else publishInBatches(ring, Frames.templates(doubles), frames, batch);
    reader.done.await();
    processor.halt();
    consumer.join();
    return reader;
  }

  private static void publishEach(RingBuffer<Event> ring, double[][] templates, int frames) {
    for (int i = 0; i < frames; i++) {
      long sequence = ring.next();
      fill(ring.get(sequence), templates, i);
      ring.publish(sequence);
    }
  }

  private static void publishInBatches(RingBuffer<Event> ring, double[][] templates, int frames, int batch) {
    for (int i = 0; i < frames; ) {
      int count = Math.min(batch, frames - i);
      long last = ring.next(count);
      for (long sequence = last - count + 1; sequence <= last; sequence++) fill(ring.get(sequence), templates, i++);
      ring.publish(last - count + 1, last);
    }
  }

  private static void fill(Event event, double[][] templates, int i) {
    double[] values = event.values;
    System.arraycopy(templates[i & (Frames.TEMPLATES - 1)], 0, values, 0, values.length);
    values[0] = i;
  }
}

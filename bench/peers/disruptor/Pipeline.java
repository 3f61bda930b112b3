import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.WaitStrategy;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * Two hops over two Disruptors, as a frame travels through dolphin; the twin of bench/peers/pipeline.c, which says what
 * its flags and its output mean. The engine's wait strategy is BusySpin or Blocking, that of execution Blocking.
 *
 * <pre>Pipeline --assets N --rate HZ --frames N --warm-up N --wait spin|park</pre>
 */
final class Pipeline {
  static final int HEADER = 24;
  static final int RECORD = 16;
  static final int PLANNED = 0;
  static final int PUBLISHED = 1;
  static final int TAKEN = 2;
  static final int SUM = 3;
  static final long WARM_UP_PERIOD_NS = 100_000;
  static final long SETTLE_NS = 20_000_000;

  static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  static final class Event {
    final double[] values;

    Event(int doubles) {
      values = new double[doubles];
    }
  }

  final int assets;
  final int rate;
  final int warmUp;
  final int samples;
  final RingBuffer<Event> frames;
  final RingBuffer<Event> records;
  final double[] lateNs;
  final double[] hopNs;
  final double[] intentNs;
  final double[] totalNs;
  final CountDownLatch done = new CountDownLatch(1);
  long originNs;
  volatile long firstNs;
  long lastNs;
  long producerCpuNs;
  long engineCpuNs;
  long executionCpuNs;
  double sum;

  Pipeline(Flags flags) {
    assets = flags.whole("assets", 400);
    rate = flags.whole("rate", 1000);
    warmUp = flags.whole("warm-up", 20_000);
    samples = flags.whole("frames", 10_000);
    WaitStrategy engineWaits =
        flags.text("wait", "park").equals("spin") ? new BusySpinWaitStrategy() : new BlockingWaitStrategy();
    frames = RingBuffer.createSingleProducer(() -> new Event(HEADER + assets), Frames.SLOTS, engineWaits);
    records = RingBuffer.createSingleProducer(() -> new Event(RECORD), Frames.SLOTS, new BlockingWaitStrategy());
    lateNs = new double[samples];
    hopNs = new double[samples];
    intentNs = new double[samples];
    totalNs = new double[samples];
  }

  public static void main(String[] args) throws Exception {
    Pipeline pipeline = new Pipeline(new Flags(args));
    pipeline.run();
    pipeline.print();
  }

  void run() throws Exception {
    BatchEventProcessor<Event> engine = processor(frames, new Engine());
    BatchEventProcessor<Event> execution = processor(records, new Execution());
    Thread engineThread = new Thread(engine, "engine");
    Thread executionThread = new Thread(execution, "execution");
    engineThread.start();
    executionThread.start();
    originNs = System.nanoTime();
    produce();
    done.await();
    engine.halt();
    execution.halt();
    engineThread.join();
    executionThread.join();
  }

  private static BatchEventProcessor<Event> processor(RingBuffer<Event> ring, EventHandler<Event> handler) {
    BatchEventProcessor<Event> processor = new BatchEventProcessorBuilder().build(ring, ring.newBarrier(), handler);
    ring.addGatingSequences(processor.getSequence());
    return processor;
  }

  /** ns since this run began: a double would round the clock itself. */
  private double now() {
    return System.nanoTime() - originNs;
  }

  private void produce() {
    double[][] templates = Frames.templates(assets);
    long start = System.nanoTime();
    long cpu = 0;
    double periodNs = rate > 0 ? WARM_UP_PERIOD_NS : 0;
    for (int i = 0, k = 0; i < warmUp + samples; i++, k++) {
      if (i == warmUp) {
        cpu = THREADS.getCurrentThreadCpuTime();
        start = System.nanoTime() + SETTLE_NS;
        periodNs = rate > 0 ? 1e9 / rate : 0;
        k = 0;
        firstNs = System.nanoTime();
      }
      long planned = start + (long) (periodNs * k);
      for (long wait; periodNs > 0 && (wait = planned - System.nanoTime()) > 0; ) LockSupport.parkNanos(wait);
      send(templates[i & (Frames.TEMPLATES - 1)], planned);
    }
    producerCpuNs = THREADS.getCurrentThreadCpuTime() - cpu;
  }

  private void send(double[] prices, long planned) {
    long sequence = frames.next();
    double[] values = frames.get(sequence).values;
    System.arraycopy(prices, 0, values, HEADER, prices.length);
    values[PLANNED] = rate > 0 ? planned - originNs : now();
    values[PUBLISHED] = now();
    frames.publish(sequence);
  }

  final class Engine implements EventHandler<Event> {
    private int seen = 0;
    private long cpu;

    @Override
    public void onEvent(Event event, long sequence, boolean endOfBatch) {
      if (seen == warmUp) cpu = THREADS.getCurrentThreadCpuTime();
      double taken = now();
      double[] frame = event.values;
      long to = records.next();
      double[] record = records.get(to).values;
      record[PLANNED] = frame[PLANNED];
      record[PUBLISHED] = frame[PUBLISHED];
      record[TAKEN] = taken;
      record[SUM] = Frames.addUp(frame, HEADER);
      double published = frame[PUBLISHED];
      int sample = seen - warmUp;
      if (sample == samples - 1) engineCpuNs = THREADS.getCurrentThreadCpuTime() - cpu;
      if (sample >= 0) {
        hopNs[sample] = taken - published;
        intentNs[sample] = now() - published; // publish() below wakes the reader as well
      }
      records.publish(to);
      seen++;
    }
  }

  final class Execution implements EventHandler<Event> {
    private int seen = 0;
    private long cpu;

    @Override
    public void onEvent(Event event, long sequence, boolean endOfBatch) {
      if (seen == warmUp) cpu = THREADS.getCurrentThreadCpuTime();
      double[] record = event.values;
      sum += record[SUM];
      int sample = seen++ - warmUp;
      if (sample < 0) return;
      totalNs[sample] = now() - record[PLANNED];
      lateNs[sample] = record[PUBLISHED] - record[PLANNED];
      if (sample < samples - 1) return;
      lastNs = System.nanoTime();
      executionCpuNs = THREADS.getCurrentThreadCpuTime() - cpu;
      done.countDown();
    }
  }

  void print() {
    StringBuilder json = new StringBuilder();
    json.append(String.format("{\"sum\":%.0f,\"wallNs\":%d", sum, lastNs - firstNs));
    json.append(String.format(",\"cpuNs\":{\"producer\":%d,\"engine\":%d,", producerCpuNs, engineCpuNs));
    json.append(String.format("\"execution\":%d}", executionCpuNs));
    series(json, "lateNs", lateNs);
    series(json, "hopNs", hopNs);
    series(json, "intentNs", intentNs);
    series(json, "totalNs", totalNs);
    System.out.println(json.append('}'));
  }

  private void series(StringBuilder json, String name, double[] ns) {
    json.append(",\"").append(name).append("\":[");
    for (int i = 0; rate > 0 && i < ns.length; i++) json.append(i > 0 ? "," : "").append((long) ns[i]);
    json.append(']');
  }
}

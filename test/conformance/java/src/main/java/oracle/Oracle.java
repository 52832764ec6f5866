package oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.Max;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Reads cases (JSON), runs each on Beam's Java DirectRunner with TestStream, and writes them back
 * with what came out.
 *
 * <pre>
 * run   IN OUT   IN and OUT: two folders of .json files, or two .ndjson files
 * check IN...    runs the cases of IN again and compares with the "expected" and "model" that they carry
 * options: --parallelism=N (default 1)  --no-steps (do not find out "afterEvent")
 * </pre>
 */
public final class Oracle {
  static final ObjectMapper JSON = new ObjectMapper();
  static final long MIN = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  static final long MAX = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
  static final long GLOBAL_END = GlobalWindow.INSTANCE.maxTimestamp().getMillis();
  static final long LIMIT_S = 30;

  /** What one run records; the DoFns find it by id, since they are serialized. */
  static final class Run {
    volatile int step = 0;
    final Map<String, ConcurrentLinkedQueue<ObjectNode>> out = new ConcurrentHashMap<>();

    void add(String channel, ObjectNode n) {
      out.computeIfAbsent(channel, c -> new ConcurrentLinkedQueue<>()).add(n);
    }
  }

  static final Map<String, Run> RUNS = new ConcurrentHashMap<>();

  static int parallelism = 1;
  static boolean steps = true;

  // ---------------------------------------------------------------- DoFns

  /** Hears the clock ticks that lie between the case's events. */
  static final class Tick extends DoFn<Integer, Void> {
    final String run;

    Tick(String run) {
      this.run = run;
    }

    @ProcessElement
    public void process(@Element Integer step) {
      RUNS.get(run).step = step;
    }
  }

  /** Records the panes that come out of a GroupByKey, and hands on the sum of each. */
  static final class Panes extends DoFn<KV<String, Iterable<Integer>>, KV<String, Integer>> {
    final String run;
    final String channel;

    Panes(String run, String channel) {
      this.run = run;
      this.channel = channel;
    }

    @ProcessElement
    public void process(
        @Element KV<String, Iterable<Integer>> e,
        @Timestamp Instant ts,
        BoundedWindow window,
        PaneInfo pane,
        OutputReceiver<KV<String, Integer>> out) {
      Run r = RUNS.get(run);
      List<Integer> values = new ArrayList<>();
      int sum = 0;
      for (int v : e.getValue()) {
        values.add(v);
        sum += v;
      }
      Collections.sort(values);
      ObjectNode n = JSON.createObjectNode();
      n.put("key", e.getKey());
      n.set("window", windowJson(window));
      n.set("values", JSON.valueToTree(values));
      n.set("timestamp", time(ts.getMillis()));
      n.put("timing", pane.getTiming().name());
      n.put("index", pane.getIndex());
      n.put("onTimeIndex", pane.getNonSpeculativeIndex());
      n.put("isFirst", pane.isFirst());
      n.put("isLast", pane.isLast());
      n.put("afterEvent", r.step);
      r.add(channel, n);
      out.output(KV.of(e.getKey(), sum));
    }
  }

  /** Records each main element together with what it saw in the side input. */
  static final class WithSide extends DoFn<KV<String, Integer>, Void> {
    final String run;
    final PCollectionView<?> view;

    WithSide(String run, PCollectionView<?> view) {
      this.run = run;
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext c, BoundedWindow window) {
      Run r = RUNS.get(run);
      ObjectNode n = JSON.createObjectNode();
      n.put("key", c.element().getKey());
      n.put("value", c.element().getValue());
      n.set("timestamp", time(c.timestamp().getMillis()));
      n.set("window", windowJson(window));
      n.set("side", canonicalSide(c.sideInput(view)));
      n.put("afterEvent", r.step);
      r.add("side", n);
    }
  }

  static JsonNode canonicalSide(Object side) {
    if (side instanceof Map) {
      Map<String, JsonNode> m = new TreeMap<>();
      for (Map.Entry<?, ?> e : ((Map<?, ?>) side).entrySet()) {
        m.put(String.valueOf(e.getKey()), canonicalSide(e.getValue()));
      }
      return JSON.valueToTree(m);
    }
    if (side instanceof Iterable) {
      List<Integer> l = new ArrayList<>();
      for (Object o : (Iterable<?>) side) {
        l.add((Integer) o);
      }
      Collections.sort(l);
      return JSON.valueToTree(l);
    }
    return JSON.valueToTree(side);
  }

  static JsonNode windowJson(BoundedWindow w) {
    if (w instanceof GlobalWindow) {
      return JSON.getNodeFactory().textNode("global");
    }
    IntervalWindow i = (IntervalWindow) w;
    return JSON.createArrayNode().add(time(i.start().getMillis())).add(time(i.end().getMillis()));
  }

  /** Beam's extreme timestamps do not fit a double, so they go by name. */
  static JsonNode time(long ms) {
    if (ms == MIN) {
      return JSON.getNodeFactory().textNode("MIN");
    } else if (ms == MAX) {
      return JSON.getNodeFactory().textNode("MAX");
    } else if (ms == GLOBAL_END) {
      return JSON.getNodeFactory().textNode("GLOBAL_END");
    } else if (Math.abs(ms) > (1L << 53)) {
      return JSON.getNodeFactory().textNode(Long.toString(ms));
    }
    return JSON.getNodeFactory().numberNode(ms);
  }

  static long readTime(JsonNode n) {
    if (n.isTextual()) {
      switch (n.asText()) {
        case "MIN": return MIN;
        case "MAX": return MAX;
        case "GLOBAL_END": return GLOBAL_END;
        default: return Long.parseLong(n.asText());
      }
    }
    return n.asLong();
  }

  // ---------------------------------------------------------------- events

  /**
   * One TestStream per source. The DirectRunner gives every root its next event whenever all is
   * quiet, so several TestStreams go in lockstep: slot i of each is played in round i. An event of
   * one source is therefore matched by an idle event (the watermark it already has) in the others,
   * which makes the order of the events across sources the order of the file.
   */
  static final class Feed<T> {
    private TestStream.Builder<T> b;
    private Instant watermark = BoundedWindow.TIMESTAMP_MIN_VALUE;
    private TestStream<T> done;

    Feed(TestStream.Builder<T> b) {
      this.b = b;
    }

    void idle() {
      if (done == null) {
        b = b.advanceWatermarkTo(watermark);
      }
    }

    void watermark(long ms) {
      watermark = new Instant(ms);
      b = b.advanceWatermarkTo(watermark);
    }

    @SuppressWarnings("unchecked")
    void elements(List<TimestampedValue<T>> l) {
      b = b.addElements(l.get(0), l.subList(1, l.size()).toArray(new TimestampedValue[0]));
    }

    void processingTime(long ms) {
      b = b.advanceProcessingTime(Duration.millis(ms));
    }

    void end() {
      if (done == null) {
        done = b.advanceWatermarkToInfinity();
      }
    }
  }

  static TimestampedValue<KV<String, Integer>> element(JsonNode e) {
    return TimestampedValue.of(
        KV.of(e.get("key").asText(), e.get("value").asInt()), new Instant(readTime(e.get("ts"))));
  }

  // ---------------------------------------------------------------- one case

  static ObjectNode execute(JsonNode c) {
    String id = UUID.randomUUID().toString();
    Run run = new Run();
    RUNS.put(id, run);
    ObjectNode result = JSON.createObjectNode();
    String phase = "construction";
    String kind = c.path("kind").asText("panes");
    PipelineResult pr = null;
    try {
      DirectOptions options = PipelineOptionsFactory.create().as(DirectOptions.class);
      options.setRunner(DirectRunner.class);
      options.setTargetParallelism(parallelism);
      options.setBlockOnRun(false);
      Pipeline p = Pipeline.create(options);

      Map<String, Feed<KV<String, Integer>>> feeds = new LinkedHashMap<>();
      KvCoder<String, Integer> coder = KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of());
      TreeSet<String> names = new TreeSet<>();
      names.add("main");
      for (JsonNode e : c.get("events")) {
        names.add(e.path("source").asText("main"));
      }
      for (String s : names) {
        feeds.put(s, new Feed<>(TestStream.create(coder)));
      }
      Feed<Integer> ticks = new Feed<>(TestStream.create(VarIntCoder.of()));
      // The runner's clock starts at MIN; every case starts with it at 0 (1970) instead.
      feeds.get("main").processingTime(-MIN);
      feeds.forEach((n, f) -> { if (!n.equals("main")) { f.idle(); } });
      ticks.idle();
      int i = 0;
      for (JsonNode e : c.get("events")) {
        String source = e.path("source").asText("main");
        Feed<KV<String, Integer>> f = feeds.get(source);
        if (f.done != null) {
          throw new IllegalArgumentException("event after the end of " + source);
        }
        if (e.has("element")) {
          f.elements(List.of(element(e.get("element"))));
        } else if (e.has("elements")) {
          List<TimestampedValue<KV<String, Integer>>> l = new ArrayList<>();
          for (JsonNode x : e.get("elements")) {
            l.add(element(x));
          }
          f.elements(l);
        } else if (e.has("processingTime")) {
          f.processingTime(e.get("processingTime").asLong());
        } else if (e.get("watermark").isTextual() && e.get("watermark").asText().equals("end")) {
          f.end();
        } else {
          f.watermark(readTime(e.get("watermark")));
        }
        feeds.forEach((n, o) -> { if (o != f) { o.idle(); } });
        ticks.idle();
        i++;
        if (steps) {
          ticks.elements(List.of(TimestampedValue.of(i, new Instant(0))));
          feeds.forEach((n, o) -> o.idle());
        }
      }
      feeds.forEach((n, f) -> f.end());
      ticks.end();
      if (steps) {
        p.apply("ticks", ticks.done).apply("tick", ParDo.of(new Tick(id)));
      }
      Map<String, PCollection<KV<String, Integer>>> in = new LinkedHashMap<>();
      feeds.forEach((n, f) -> in.put(n, p.apply("source-" + n, f.done)));

      boolean bypass = c.path("bypassTriggerGuard").asBoolean(false);
      if (kind.equals("sideInput")) {
        PCollection<KV<String, Integer>> side = in.get("side");
        if (c.path("sideFlattensMain").asBoolean(false)) {
          side = PCollectionList.of(side).and(in.get("main")).apply("side-flatten", Flatten.pCollections());
        }
        side = side.apply("side-window", Specs.window(c.get("side").get("windowing"), bypass));
        PCollectionView<?> view = view(side, c.get("side"));
        in.get("main")
            .apply("main-window", Specs.window(c.get("main").get("windowing"), bypass))
            .apply("with-side", ParDo.of(new WithSide(id, view)).withSideInputs(view));
      } else {
        PCollection<KV<String, Integer>> pc;
        if (in.size() == 1) {
          pc = in.get("main");
        } else {
          PCollectionList<KV<String, Integer>> l = PCollectionList.empty(p);
          for (PCollection<KV<String, Integer>> x : in.values()) {
            l = l.and(x);
          }
          pc = l.apply("flatten", Flatten.pCollections());
        }
        JsonNode stages = c.has("stages") ? c.get("stages") : JSON.createArrayNode().add(c.get("windowing"));
        int s = 0;
        for (JsonNode w : stages) {
          PCollection<KV<String, Iterable<Integer>>> grouped =
              pc.apply("window-" + s, Specs.window(w, bypass)).apply("group-" + s, GroupByKey.create());
          pc = grouped.apply("panes-" + s, ParDo.of(new Panes(id, "stage" + s)));
          s++;
        }
      }
      phase = "run";
      pr = p.run();
      PipelineResult.State state = pr.waitUntilFinish(Duration.standardSeconds(LIMIT_S));
      if (state == null || !state.isTerminal()) {
        pr.cancel();
        throw new IllegalStateException("not finished after " + LIMIT_S + " s");
      }
      if (kind.equals("sideInput")) {
        result.set("expected", sorted(run.out.get("side")));
      } else {
        int n = c.has("stages") ? c.get("stages").size() : 1;
        if (c.has("stages")) {
          ArrayNode all = result.putArray("expectedStages");
          for (int s = 0; s < n; s++) {
            all.add(sorted(run.out.get("stage" + s)));
          }
        } else {
          result.set("expected", sorted(run.out.get("stage0")));
        }
        result.put("droppedDueToLateness", counter(pr, "droppedduetolateness"));
        result.put("droppedDueToClosedWindow", counter(pr, "droppedduetoclosedwindow"));
      }
    } catch (Exception | StackOverflowError | AssertionError e) {
      Throwable t = e;
      while (t instanceof Pipeline.PipelineExecutionException && t.getCause() != null) {
        t = t.getCause();
      }
      ObjectNode err = JSON.createObjectNode();
      err.put("phase", phase);
      err.put("class", t.getClass().getName());
      String m = String.valueOf(t.getMessage());
      err.put("message", m.length() > 300 ? m.substring(0, 300) + "..." : m);
      result.set("expectedError", err);
    } finally {
      RUNS.remove(id);
    }
    return result;
  }

  /**
   * What the model says where the DirectRunner leaves it, asked of the same runner by a detour: early and late firings of
   * several parts run under Repeatedly, and a case before 1970 is moved by whole windows until no timestamp is negative, and its
   * panes are moved back. Null where the case has no such quirk, or no detour is known.
   */
  static ObjectNode model(JsonNode c) {
    boolean reset = false;
    boolean negative = false;
    for (JsonNode q : c.path("quirks")) {
      reset |= q.asText().equals("composite-early-late-not-reset");
      negative |= q.asText().equals("negative-timestamp-window");
    }
    JsonNode fn = c.path("windowing").path("fn");
    String type = fn.path("type").asText();
    if (!reset && !(negative && !c.has("kind") && (type.equals("fixed") || type.equals("sliding")))) {
      return null;
    }
    ObjectNode moved = ((ObjectNode) c).deepCopy();
    long shift = 0;
    if (negative) {
      long unit = fn.get(type.equals("fixed") ? "sizeMs" : "periodMs").asLong();
      for (JsonNode x : moved.findValues("ts")) {
        while (x.asLong() + shift < 0) {
          shift += unit;
        }
      }
      shift += 10 * unit;
      for (String field : List.of("ts", "watermark")) {
        move(moved.get("events"), field, shift);
      }
    }
    Specs.resetParts = reset;
    ObjectNode out;
    try {
      out = execute(moved);
    } finally {
      Specs.resetParts = false;
    }
    if (shift != 0) {
      move(out, "timestamp", -shift);
      for (JsonNode pane : out.path("expected")) {
        ArrayNode w = (ArrayNode) pane.get("window");
        long start = w.get(0).asLong() - shift;
        long end = w.get(1).asLong() - shift;
        w.removeAll().add(start).add(end);
      }
    }
    return out;
  }

  /** Adds to a field of all objects below; names of extremes stay as they are. */
  static void move(JsonNode in, String field, long by) {
    for (JsonNode parent : in.findParents(field)) {
      if (parent.get(field).isNumber()) {
        ((ObjectNode) parent).put(field, parent.get(field).asLong() + by);
      }
    }
  }

  static PCollectionView<?> view(PCollection<KV<String, Integer>> side, JsonNode spec) {
    String combine = spec.path("combine").asText("none");
    String type = spec.get("view").asText();
    if (combine.equals("perKeySum")) {
      side = side.apply("side-sum-per-key", Sum.integersPerKey());
    }
    if (type.equals("asMultimap")) {
      return side.apply("view", View.asMultimap());
    } else if (type.equals("asMap")) {
      return side.apply("view", View.asMap());
    }
    PCollection<Integer> values = side.apply("side-values", Values.create());
    if (combine.equals("sum")) {
      values = values.apply("side-sum", Combine.globally(Sum.ofIntegers()).withoutDefaults());
    } else if (combine.equals("max")) {
      values = values.apply("side-max", Combine.globally(Max.ofIntegers()).withoutDefaults());
    }
    switch (type) {
      case "asList": return values.apply("view", View.asList());
      case "asIterable": return values.apply("view", View.asIterable());
      case "asSingleton": {
        View.AsSingleton<Integer> v = View.asSingleton();
        return values.apply("view", spec.has("defaultValue") ? v.withDefaultValue(spec.get("defaultValue").asInt()) : v);
      }
      case "combineSingleton":
        return values.apply("view", Combine.globally(Sum.ofIntegers()).asSingletonView());
      default: throw new IllegalArgumentException("view " + type);
    }
  }

  static long counter(PipelineResult pr, String name) {
    long n = 0;
    for (MetricResult<Long> m : pr.metrics().queryMetrics(MetricsFilter.builder().build()).getCounters()) {
      if (m.getName().getName().toLowerCase().equals(name)) {
        n += m.getAttempted();
      }
    }
    return n;
  }

  // ---------------------------------------------------------------- order and print

  static ArrayNode sorted(Iterable<ObjectNode> in) {
    List<ObjectNode> l = new ArrayList<>();
    if (in != null) {
      in.forEach(l::add);
    }
    l.sort(
        Comparator.<ObjectNode, String>comparing(n -> n.get("key").asText())
            .thenComparing(n -> edge(n, 0))
            .thenComparing(n -> edge(n, 1))
            .thenComparing(n -> n.path("index").asLong())
            .thenComparing(n -> n.path("value").asLong())
            .thenComparing(n -> n.path("afterEvent").asInt())
            .thenComparing(ObjectNode::toString));
    ArrayNode a = JSON.createArrayNode();
    for (ObjectNode n : l) {
      if (!steps) {
        n.remove("afterEvent");
      }
      a.add(n);
    }
    return a;
  }

  static Long edge(ObjectNode n, int i) {
    JsonNode w = n.get("window");
    return w.isArray() ? readTime(w.get(i)) : 0L;
  }

  /** One line for each event and pane. */
  static String pretty(ObjectNode c) throws IOException {
    StringBuilder b = new StringBuilder("{\n");
    boolean first = true;
    for (java.util.Iterator<Map.Entry<String, JsonNode>> it = c.fields(); it.hasNext(); ) {
      Map.Entry<String, JsonNode> e = it.next();
      b.append(first ? "" : ",\n").append("  ").append(JSON.writeValueAsString(e.getKey())).append(": ");
      first = false;
      lines(b, e.getValue(), e.getKey().equals("expectedStages") ? 2 : 1, "  ");
    }
    return b.append("\n}\n").toString();
  }

  static void lines(StringBuilder b, JsonNode v, int depth, String indent) throws IOException {
    if (!v.isArray() || v.isEmpty() || depth == 0 || !v.get(0).isContainerNode()) {
      b.append(JSON.writeValueAsString(v));
      return;
    }
    b.append("[");
    for (int i = 0; i < v.size(); i++) {
      b.append(i == 0 ? "\n" : ",\n").append(indent).append("  ");
      lines(b, v.get(i), depth - 1, indent + "  ");
    }
    b.append("\n").append(indent).append("]");
  }

  static ObjectNode strip(JsonNode c) {
    ObjectNode o = ((ObjectNode) c).deepCopy();
    o.remove(List.of("unstable", "model", "expected", "expectedStages", "expectedError", "droppedDueToLateness", "droppedDueToClosedWindow"));
    return o;
  }

  static List<JsonNode> read(Path in) throws IOException {
    List<JsonNode> out = new ArrayList<>();
    if (Files.isDirectory(in)) {
      try (Stream<Path> s = Files.list(in)) {
        for (Path f : (Iterable<Path>) s.filter(x -> x.toString().endsWith(".json")).sorted()::iterator) {
          out.add(JSON.readTree(f.toFile()));
        }
      }
    } else if (in.toString().endsWith(".ndjson")) {
      for (String line : Files.readAllLines(in)) {
        if (!line.isBlank()) {
          out.add(JSON.readTree(line));
        }
      }
    } else {
      out.add(JSON.readTree(in.toFile()));
    }
    return out;
  }

  public static void main(String[] args) throws Exception {
    List<String> a = new ArrayList<>();
    for (String x : args) {
      if (x.startsWith("--parallelism=")) {
        parallelism = Integer.parseInt(x.substring(14));
      } else if (x.equals("--no-steps")) {
        steps = false;
      } else {
        a.add(x);
      }
    }
    long start = System.nanoTime();
    int cases = 0;
    int bad = 0;
    if (a.size() == 3 && a.get(0).equals("run")) {
      Path out = Paths.get(a.get(2));
      List<String> nd = new ArrayList<>();
      boolean toFile = out.toString().endsWith(".ndjson");
      if (!toFile) {
        Files.createDirectories(out);
      }
      for (JsonNode c : read(Paths.get(a.get(1)))) {
        ObjectNode o = strip(c);
        ObjectNode model = model(o);
        o.setAll(execute(o));
        if (model != null) {
          o.set("model", model);
        }
        cases++;
        if (o.has("expectedError")) {
          System.out.println("error  " + o.get("name").asText() + ": " + o.get("expectedError"));
        }
        if (toFile) {
          nd.add(JSON.writeValueAsString(o));
        } else {
          Files.writeString(out.resolve(o.get("name").asText() + ".json"), pretty(o));
        }
      }
      if (toFile) {
        Files.write(out, nd);
      }
    } else if (a.size() >= 2 && a.get(0).equals("check")) {
      for (String in : a.subList(1, a.size())) {
        for (JsonNode c : read(Paths.get(in))) {
          ObjectNode stripped = strip(c);
          ObjectNode got = execute(stripped);
          ObjectNode model = model(stripped);
          if (model != null) {
            got.set("model", model);
          }
          cases++;
          for (String f : List.of("model", "expected", "expectedStages", "expectedError", "droppedDueToLateness", "droppedDueToClosedWindow")) {
            JsonNode want = c.has(f) ? c.get(f).deepCopy() : null;
            if (want != null && want.isContainerNode() && !steps) {
              want.findParents("afterEvent").forEach(n -> ((ObjectNode) n).remove("afterEvent"));
            }
            JsonNode have = got.get(f);
            if (!String.valueOf(want).equals(String.valueOf(have))) {
              bad++;
              System.out.println("DIFFERS " + c.get("name").asText() + " " + f + "\n  want " + want + "\n  have " + have);
            }
          }
        }
      }
    } else {
      System.err.println("run IN OUT | check IN...");
      System.exit(2);
    }
    System.out.printf("%d cases, %d differ, %.1f s%n", cases, bad, (System.nanoTime() - start) / 1e9);
    System.exit(bad == 0 ? 0 : 1);
  }
}

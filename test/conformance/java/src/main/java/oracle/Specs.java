package oracle;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.AfterAll;
import org.apache.beam.sdk.transforms.windowing.AfterEach;
import org.apache.beam.sdk.transforms.windowing.AfterFirst;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterSynchronizedProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.CalendarWindows;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.ReshuffleTrigger;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Trigger.OnceTrigger;
import org.apache.beam.sdk.transforms.windowing.TriggerVisitor;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.joda.time.DateTimeZone;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Turns the JSON of a case's "windowing" into Beam's own classes. */
final class Specs {
  private Specs() {}

  /** Early and late firings of several parts start over after each firing, as the model has it; see Oracle.model. */
  static boolean resetParts = false;

  /** Applies only what the JSON says: whatever is absent is inherited from the input. */
  static <T> Window<T> window(JsonNode w, boolean bypassTriggerGuard) {
    Window<T> out = w.has("fn") ? Window.<T>into(fn(w.get("fn"))) : Window.<T>configure();
    if (w.has("trigger")) {
      Trigger t = trigger(w.get("trigger"));
      out = out.triggering(bypassTriggerGuard ? new Unguarded(t) : t);
    }
    if (w.has("accumulation")) {
      switch (w.get("accumulation").asText()) {
        case "accumulating": out = out.accumulatingFiredPanes(); break;
        case "discarding": out = out.discardingFiredPanes(); break;
        default: throw new IllegalArgumentException("accumulation " + w.get("accumulation"));
      }
    }
    if (w.has("allowedLatenessMs")) {
      Duration d = Duration.millis(w.get("allowedLatenessMs").asLong());
      out = w.has("closingBehavior")
          ? out.withAllowedLateness(d, Window.ClosingBehavior.valueOf(w.get("closingBehavior").asText()))
          : out.withAllowedLateness(d);
    } else if (w.has("closingBehavior")) {
      throw new IllegalArgumentException("closingBehavior needs allowedLatenessMs (one Java call sets both)");
    }
    if (w.has("timestampCombiner")) {
      out = out.withTimestampCombiner(TimestampCombiner.valueOf(w.get("timestampCombiner").asText()));
    }
    if (w.has("onTimeBehavior")) {
      out = out.withOnTimeBehavior(Window.OnTimeBehavior.valueOf(w.get("onTimeBehavior").asText()));
    }
    return out;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  static <T> WindowFn<? super T, ?> fn(JsonNode f) {
    return (WindowFn) rawFn(f);
  }

  private static WindowFn<?, ?> rawFn(JsonNode f) {
    switch (f.get("type").asText()) {
      case "fixed":
        return FixedWindows.of(ms(f, "sizeMs")).withOffset(Duration.millis(f.path("offsetMs").asLong(0)));
      case "sliding":
        return SlidingWindows.of(ms(f, "sizeMs")).every(ms(f, "periodMs"))
            .withOffset(Duration.millis(f.path("offsetMs").asLong(0)));
      case "sessions":
        return Sessions.withGapDuration(ms(f, "gapMs"));
      case "global":
        return new GlobalWindows();
      case "calendarDays":
        return CalendarWindows.days(f.get("days").asInt())
            .withTimeZone(DateTimeZone.forID(f.get("timeZone").asText()));
      case "calendarMonths":
        return CalendarWindows.months(f.get("months").asInt())
            .withTimeZone(DateTimeZone.forID(f.get("timeZone").asText()));
      default:
        throw new IllegalArgumentException("window fn " + f);
    }
  }

  private static Duration ms(JsonNode f, String name) {
    return Duration.millis(f.get(name).asLong());
  }

  static Trigger trigger(JsonNode t) {
    switch (t.get("type").asText()) {
      case "default": return DefaultTrigger.of();
      case "never": return Never.ever();
      case "always": return new ReshuffleTrigger<>();
      case "elementCount": return AfterPane.elementCountAtLeast(t.get("n").asInt());
      case "afterProcessingTime": {
        AfterProcessingTime a = AfterProcessingTime.pastFirstElementInPane();
        if (t.has("delayMs")) {
          a = a.plusDelayOf(Duration.millis(t.get("delayMs").asLong()));
        }
        if (t.has("alignTo")) {
          a = a.alignedTo(Duration.millis(t.get("alignTo").get("periodMs").asLong()),
              new Instant(t.get("alignTo").path("offsetMs").asLong(0)));
        }
        return a;
      }
      case "afterSynchronizedProcessingTime": return AfterSynchronizedProcessingTime.ofFirstElement();
      case "afterEndOfWindow": {
        AfterWatermark.FromEndOfWindow end = AfterWatermark.pastEndOfWindow();
        if (t.has("early") && t.has("late")) {
          return end.withEarlyFirings(firings(t.get("early"))).withLateFirings(firings(t.get("late")));
        } else if (t.has("early")) {
          return end.withEarlyFirings(firings(t.get("early")));
        } else if (t.has("late")) {
          return end.withLateFirings(firings(t.get("late")));
        }
        return end;
      }
      case "repeat": return Repeatedly.forever(trigger(t.get("of")));
      case "afterAny": return AfterFirst.of(list(t.get("of")));
      case "afterAll": return AfterAll.of(list(t.get("of")));
      case "afterEach": return AfterEach.inOrder(list(t.get("of")));
      case "orFinally": return trigger(t.get("main")).orFinally(once(t.get("until")));
      default: throw new IllegalArgumentException("trigger " + t);
    }
  }

  private static List<Trigger> list(JsonNode a) {
    List<Trigger> out = new ArrayList<>();
    for (JsonNode t : a) {
      out.add(trigger(t));
    }
    return out;
  }

  private static OnceTrigger once(JsonNode t) {
    Trigger x = trigger(t);
    if (!(x instanceof OnceTrigger)) {
      throw new IllegalArgumentException("Java's types want a OnceTrigger here, not " + x);
    }
    return (OnceTrigger) x;
  }

  /** Early or late firings. */
  private static OnceTrigger firings(JsonNode t) {
    OnceTrigger x = once(t);
    boolean parts = x instanceof AfterFirst || x instanceof AfterAll;
    return resetParts && parts ? new StartingOver(x) : x;
  }

  /** Runs as Repeatedly, which clears the finished bits of all parts; AfterWatermark clears only the topmost. */
  private static final class StartingOver extends OnceTrigger {
    private final OnceTrigger of;

    StartingOver(OnceTrigger of) {
      super(List.of(of));
      this.of = of;
    }

    @Override
    protected Trigger getContinuationTrigger(List<Trigger> continuationTriggers) {
      return of.getContinuationTrigger();
    }

    @Override
    public <OutputT> OutputT accept(TriggerVisitor<OutputT> visitor) {
      return Repeatedly.forever(of).accept(visitor);
    }

    @Override
    public Instant getWatermarkThatGuaranteesFiring(BoundedWindow window) {
      return of.getWatermarkThatGuaranteesFiring(window);
    }
  }

  /**
   * The same trigger, but not refused by GroupByKey: that refuses every top-level trigger that may
   * finish before the window's garbage collection ("Unsafe trigger ... may lose data"). The runner
   * itself sees only what accept() hands over, so it runs the plain trigger.
   */
  private static final class Unguarded extends Trigger {
    private final Trigger of;

    Unguarded(Trigger of) {
      this.of = of;
    }

    @Override
    public Trigger getContinuationTrigger() {
      return new Unguarded(of.getContinuationTrigger());
    }

    @Override
    protected Trigger getContinuationTrigger(List<Trigger> continuationTriggers) {
      return getContinuationTrigger();
    }

    @Override
    public <OutputT> OutputT accept(TriggerVisitor<OutputT> visitor) {
      return of.accept(visitor);
    }

    @Override
    public Instant getWatermarkThatGuaranteesFiring(BoundedWindow window) {
      return of.getWatermarkThatGuaranteesFiring(window);
    }

    @Override
    public boolean mayFinish() {
      return false;
    }

    @Override
    public boolean isCompatible(Trigger other) {
      return other instanceof Unguarded && of.isCompatible(((Unguarded) other).of);
    }
  }
}

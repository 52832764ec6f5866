/** Everything that a worker has to know to run the graph. */
import '../transforms/registration';
import '../io/registration';

import io.trino.server.Server;

/** Starts Trino, and ends it when its standard input does: whoever started it may be killed, and nothing is left. */
public class Launcher
{
    public static void main(String[] arguments)
    {
        Thread watch = new Thread(() -> {
            try {
                while (System.in.read() >= 0) {
                    // Nothing is said there.
                }
            }
            catch (java.io.IOException e) {
                // Gone is gone.
            }
            Runtime.getRuntime().halt(0);
        });
        watch.setDaemon(true);
        watch.start();
        new Server().start("476");
    }
}

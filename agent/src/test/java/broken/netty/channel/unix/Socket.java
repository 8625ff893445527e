package broken.netty.channel.unix;

/** A version of the class that has changed under our feet: no such bind any more. */
public class Socket {

  public String bind(String address) {
    return address;
  }
}

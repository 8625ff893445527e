package io.graceful.os;

import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.PageManager;

/** Memory that can be executed, and not written any more. */
final class MachineCode {

  private MachineCode() {}

  /**
   * @param code of a page at most
   * @return its address, for as long as the process lives
   */
  static long load(byte[] code) throws ErrnoException {
    PageManager pages = PageManager.getInstance();
    long page = pages.allocatePages(1, PageManager.PROT_READ | PageManager.PROT_WRITE);
    if (page == 0) {
      throw new ErrnoException("mmap", ErrnoException.ENOMEM);
    }
    MemoryIO.getInstance().putByteArray(page, code, 0, code.length);
    pages.protectPages(page, 1, PageManager.PROT_READ | PageManager.PROT_EXEC);
    return page;
  }
}

import java.net.InetSocketAddress;
import org.apache.hadoop.hive.conf.HiveConf;
import org.apache.hadoop.hive.metastore.HiveMetaStore;
import org.apache.hadoop.hive.metastore.IHMSHandler;
import org.apache.hadoop.hive.metastore.api.ThriftHiveMetastore;
import org.apache.hadoop.hive.metastore.txn.TxnDbUtil;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.transport.TServerSocket;
import org.apache.thrift.transport.TTransportFactory;

/**
 * Serves a Hive metastore on the loopback address only; the server that comes with Hive 2.3 listens
 * on every address. Configuration comes from hive-site.xml on the class path, the port from the
 * first argument.
 */
public final class Metastore {
  private Metastore() {}

  public static void main(String[] args) throws Exception {
    HiveConf conf = new HiveConf(Metastore.class);
    IHMSHandler handler =
        HiveMetaStore.newRetryingHMSHandler(
            new HiveMetaStore.HMSHandler("metastore", conf, false), conf, false);
    // The tables of the locks that Iceberg takes; the schema made above lacks them.
    TxnDbUtil.prepDb(conf);
    TServerSocket socket =
        new TServerSocket(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])));
    new TThreadPoolServer(
            new TThreadPoolServer.Args(socket)
                .processor(new ThriftHiveMetastore.Processor<>(handler))
                .transportFactory(new TTransportFactory())
                .protocolFactory(new TBinaryProtocol.Factory()))
        .serve();
  }
}

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The scheme s3 over a local folder: s3://bucket/key is the file {folder}/bucket/key, which is how
 * the S3 server of these tests keeps its objects. With it Spark and the metastore take a LOCATION
 * word for word. The folder comes from the setting vpcflow.s3.folder.
 */
public final class FolderS3 extends FileSystem {
  private final RawLocalFileSystem local = new RawLocalFileSystem();
  private URI uri;
  private String folder;

  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    super.initialize(name, conf);
    uri = URI.create(name.getScheme() + "://" + name.getAuthority());
    folder = conf.get("vpcflow.s3.folder") + "/" + name.getAuthority();
    local.initialize(URI.create("file:///"), conf);
  }

  @Override
  public String getScheme() {
    return "s3";
  }

  @Override
  public URI getUri() {
    return uri;
  }

  private Path in(Path p) {
    return new Path("file", null, folder + p.toUri().getPath());
  }

  private FileStatus out(FileStatus s) {
    String key = s.getPath().toUri().getPath().substring(folder.length());
    Path p = new Path(uri.getScheme(), uri.getAuthority(), key.isEmpty() ? "/" : key);
    return new FileStatus(
        s.getLen(), s.isDirectory(), 1, s.getBlockSize(), s.getModificationTime(), p);
  }

  @Override
  public FSDataInputStream open(Path p, int bufferSize) throws IOException {
    return local.open(in(p), bufferSize);
  }

  @Override
  public FSDataOutputStream create(
      Path p,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return local.create(in(p), overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public FSDataOutputStream append(Path p, int bufferSize, Progressable progress) {
    throw new UnsupportedOperationException("an object is never appended to");
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    return local.rename(in(from), in(to));
  }

  @Override
  public boolean delete(Path p, boolean recursive) throws IOException {
    return local.delete(in(p), recursive);
  }

  @Override
  public FileStatus[] listStatus(Path p) throws IOException {
    FileStatus[] list = local.listStatus(in(p));
    for (int i = 0; i < list.length; i++) {
      list[i] = out(list[i]);
    }
    return list;
  }

  @Override
  public FileStatus getFileStatus(Path p) throws IOException {
    return out(local.getFileStatus(in(p)));
  }

  @Override
  public boolean mkdirs(Path p, FsPermission permission) throws IOException {
    return local.mkdirs(in(p));
  }

  @Override
  public void setWorkingDirectory(Path dir) {}

  @Override
  public Path getWorkingDirectory() {
    return new Path(uri.getScheme(), uri.getAuthority(), "/");
  }
}

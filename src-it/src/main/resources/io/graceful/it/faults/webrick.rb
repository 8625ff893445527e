# What the test apps answer, by WEBrick on JRuby: sockets, signals and native calls through
# libraries of its own (jnr-posix, jffi) in the agent's process.
require 'digest'
require 'ffi'
require 'webrick'

module C
  extend FFI::Library
  ffi_lib FFI::Library::LIBC
  attach_function :getpid, [], :int
end

options = ARGV.map { |word| word.split('=', 2) }.to_h
starts = File.join(options['state'], 'starts')
File.open(starts, 'a') { |file| file.puts C.getpid }
who = "pid=#{C.getpid} generation=#{File.readlines(starts).size}"
java.lang.Runtime.getRuntime.addShutdownHook(java.lang.Thread.new do
  File.open(File.join(options['state'], 'stops'), 'a') { |file| file.puts C.getpid }
end)

PIECES = 20
content = Array.new(1 << 20) { |i| (i * 31 ^ (i >> 8) * 17) & 255 }.pack('C*')

server = WEBrick::HTTPServer.new(
  BindAddress: '127.0.0.1', Port: options['port'].to_i, MaxClients: 1000,
  AccessLog: [], Logger: WEBrick::Log.new(File::NULL)
)
server.mount_proc('/') do |request, response|
  response['Content-Type'] = 'text/plain'
  case request.path
  when '/'
    response.body = "#{who}\n"
  when '/peer'
    response.body = "#{who} peer=#{request.peeraddr[1]} tag=#{request.query['tag']}\n"
  when '/slow'
    sleep request.query['ms'].to_i / 1000.0
    response.body = "#{who}\n"
  when '/upload'
    response.body = "#{Digest::SHA256.hexdigest(request.body)}\n"
  when '/download'
    length = request.query['bytes'].to_i
    response['Content-Length'] = length.to_s
    response.body = proc do |out|
      PIECES.times do |piece|
        sleep request.query['ms'].to_i / 1000.0 / PIECES
        from = length * piece / PIECES
        out.write(content[from...length * (piece + 1) / PIECES])
      end
    end
  else
    response.status = 404
  end
end
server.start

package bench

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// nginxConfig serves the files of a folder, in one process, as nginx does unless told otherwise, but writes no log.
const nginxConfig = `daemon off;
master_process off;
pid nginx.pid;
error_log stderr crit;
events {}
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 1000000000;
	default_type application/octet-stream;
	client_body_temp_path body;
	proxy_temp_path proxy;
	fastcgi_temp_path fastcgi;
	uwsgi_temp_path uwsgi;
	scgi_temp_path scgi;
	server {
		listen %s;
		root %s;
	}
}
`

// nginx is a running nginx.
type nginx struct {
	folder, address string
	process         *exec.Cmd
}

// startNginx serves the bytes at /file.
func (b *bench) startNginx(file []byte) (_ *nginx, err error) {
	n := &nginx{}
	if n.folder, err = os.MkdirTemp(b.Folder, "bonafide-nginx-"); err != nil {
		return nil, err
	}
	if n.address, err = free(); err != nil {
		return nil, err
	}
	config := filepath.Join(n.folder, "nginx.conf")
	if err := os.WriteFile(filepath.Join(n.folder, "file"), file, 0o644); err != nil {
		return nil, err
	}
	if err := os.WriteFile(config, fmt.Appendf(nil, nginxConfig, n.address, n.folder), 0o644); err != nil {
		return nil, err
	}
	n.process = exec.Command("nginx", "-p", n.folder, "-c", config, "-e", "stderr")
	if err := n.process.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		connection, err := net.Dial("tcp", n.address)
		if err == nil {
			return n, connection.Close()
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil, errors.Join(errors.New("nginx doesn't listen"), n.stop())
}

// processor returns for how long nginx has had a processor (Linux: proc(5), schedstat).
func (n *nginx) processor() (time.Duration, error) {
	told, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", n.process.Process.Pid))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(told), " ")
	spent, err := strconv.ParseInt(first, 10, 64)
	return time.Duration(spent), err
}

func (n *nginx) stop() error {
	return errors.Join(n.process.Process.Signal(os.Interrupt), ignoreExit(n.process.Wait()), os.RemoveAll(n.folder))
}

// ignoreExit passes over how a process that was told to end ended.
func ignoreExit(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil
	}
	return err
}

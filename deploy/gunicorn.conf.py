"""gunicorn in production: a few sync workers behind a proxy that buffers (deploy/nginx.conf).

Sync, because threads had one and a half to two times their p95. How many: WEB_CONCURRENCY, which gunicorn reads itself.
"""

bind = "127.0.0.1:8000"
worker_class = "sync"
timeout = 30
graceful_timeout = 30
# The proxy on this machine says whether a request came by https.
forwarded_allow_ips = "127.0.0.1"
# A worker is made anew now and then, not all at the same moment.
max_requests = 20_000
max_requests_jitter = 2_000
# systemd tells it what to do; a socket in somebody's home would be one door too many.
control_socket_disable = True
# The proxy writes the access log; here stand the errors.
errorlog = "-"
loglevel = "info"

-- The MAINTAINERS file that was remembered last.
SELECT origin, content, at FROM maintainers ORDER BY id DESC LIMIT 1

"""./run bench: what the site is held to, each figure beside a bare program's."""

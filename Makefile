# For fingers used to make; everything is in ./run.
.PHONY: run demo dev test check audit bench version
run demo dev test check audit bench version:
	@./run $@

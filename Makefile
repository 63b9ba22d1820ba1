# For fingers used to make; everything is in ./run.
.PHONY: run demo test check audit bench version
run demo test check audit bench version:
	@./run $@

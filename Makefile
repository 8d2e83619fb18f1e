# ConvScope: build, test and regenerate.
#
#   make demo    build a release and write the reports and diagrams under Reports/
#   make test    build and run every test; the kernels under sanitizers as well (make sanitizers runs only these)
#   make avx512  run the tests of execution with kernels for AVX-512 that any x86 processor with AVX2 can run
#   make format  rewrite the sources in the committed style; make lint only checks
#   make bench   time the library against itself and, where Python has them, against fvcore and torchinfo
#   make check-generated  fail unless Reports/ and Examples/ are what the current code writes

SWIFT ?= swift
CONVSCOPE = .build/release/convscope
DEMO_MODELS = resnet50 mobilenet_v2 efficientnet_b0
DEMO_FILE = Examples/onnx/small_resnet.onnx
BENCHMARKS = Benchmarks/Package.swift Benchmarks/Benchmarks Benchmarks/Sources

.PHONY: demo test sanitizers avx512 build reports format lint bench check-generated system-packages clean

demo: reports
	@echo
	@$(CONVSCOPE) compare $(DEMO_MODELS) $(DEMO_FILE) --assume batch=1
	@echo "Written: Reports/comparison.md, Reports/comparison.csv and one SVG diagram per network in Reports/."

test: system-packages sanitizers
	CONVSCOPE_OPTIMIZED_KERNELS=1 $(SWIFT) build --build-tests
	CONVSCOPE_OPTIMIZED_KERNELS=1 $(SWIFT) test --skip-build

sanitizers:
	@SWIFT=$(SWIFT) Tests/Sanitizers/run

# In a folder of its own: the library that the tests link is not the one that anybody else should.
avx512: system-packages
	CONVSCOPE_OPTIMIZED_KERNELS=1 CONVSCOPE_EMULATE_AVX512=1 $(SWIFT) test --scratch-path .build/avx512 --filter ExecutionTests

build: system-packages
	$(SWIFT) build -c release --static-swift-stdlib --product convscope

reports: build
	@mkdir -p Reports
	$(CONVSCOPE) compare $(DEMO_MODELS) $(DEMO_FILE) --assume batch=1 --by stage --format markdown -o Reports/comparison.md
	$(CONVSCOPE) compare $(DEMO_MODELS) $(DEMO_FILE) --assume batch=1 --format csv -o Reports/comparison.csv
	@for model in $(DEMO_MODELS) $(DEMO_FILE); do \
	  name=$$(basename $$model .onnx); \
	  echo "$(CONVSCOPE) diagram $$model --assume batch=1 -o Reports/$$name.svg"; \
	  $(CONVSCOPE) diagram $$model --assume batch=1 -o Reports/$$name.svg || exit 1; \
	done
	$(CONVSCOPE) memory resnet50 --timeline Reports/resnet50-memory.svg -o Reports/resnet50-memory.txt
	$(CONVSCOPE) receptive-field vgg16 --unit 1,5 --draw Reports/vgg16-field.svg -o Reports/vgg16-field.txt
	$(CONVSCOPE) formula resnet18 --quantity macs --plot H=63..320 --chart Reports/resnet18-macs.svg -o Reports/resnet18-macs.txt

check-generated: reports
	git diff --exit-code --stat -- Reports Examples
	@test -z "$$(git status --porcelain -- Reports Examples)" || \
	  { echo "files under Reports/ or Examples/ are not what the code writes:"; git status --short -- Reports Examples; exit 1; }

format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests $(BENCHMARKS)

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests $(BENCHMARKS)

bench: build
	Benchmarks/run

# The C libraries of Graphviz, PNG and SQLite are the system packages. Installed through apt when missing; anything else is said,
# not done.
system-packages:
	@if ! pkg-config --exists libgvc libpng sqlite3 2>/dev/null; then \
	  if ! command -v apt-get >/dev/null; then \
	    echo "ConvScope needs the C libraries of Graphviz, PNG and SQLite with their headers (Debian: libgraphviz-dev, libpng-dev, libsqlite3-dev)."; exit 1; \
	  fi; \
	  echo "Installing libgraphviz-dev, libpng-dev, libsqlite3-dev and pkg-config through apt: for diagrams, pictures as inputs, and stored results."; \
	  sudo=$$(test "$$(id -u)" = 0 || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq libgraphviz-dev libpng-dev libsqlite3-dev pkg-config; \
	fi

clean:
	rm -rf .build Benchmarks/.build

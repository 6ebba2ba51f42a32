// The tests wait for the network and not for the processor.
[assembly: LevelOfParallelism(8)]

# Twenty seconds without a pause for breath.
device-check
0:00 speak 150 breathless
0:40 end
expect hint take_a_breath between 0:20 and 0:21
expect pauses 0
hint 0:20.0 take_a_breath | 20 s of speech without a pause

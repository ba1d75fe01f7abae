# Twenty-five seconds without a pause for breath.
device-check
0:00 speak 150 breathless
0:40 end
expect hint take_a_breath between 0:24 and 0:26
expect pauses 0
hint 0:24.0 take_a_breath | hardly a pause in 25 s: 0.0 s in all
